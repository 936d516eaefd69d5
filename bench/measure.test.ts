import { parsePattern, parseSubject, SubjectTree } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { measure } from './measure.js'
import { toAll } from './scenarios/deliveries.js'
import { scenarios } from './scenarios/scenario.js'
import { servers } from './servers/server.js'

const server = (name: string) => servers.find((one) => one.name === name) ?? expect.fail(`no server ${name}`)
const course = { warmUp: { messages: 5 }, until: { messages: 20 } }

describe('a measurement', () => {
  it.each(servers.map(({ name }) => name))('counts every delivery and confirmation of %s', async (name) => {
    const confirmed = server(name).can.includes('confirmed')
    const result = await measure(server(name), { ...toAll(3, { window: 4, confirmed, publishers: 2 }), ...course })
    expect(result).toMatchObject({ sent: 20, done: 60, lost: 0, closed: 0, confirmed: confirmed ? 20 : 0 })
  })

  it.each(servers.filter(({ can }) => can.includes('requests')).map(({ name }) => name))(
    'counts every answer of %s',
    async (name) => {
      const result = await measure(server(name), { kind: 'requests', requesters: 2, window: 3, size: 64, ...course })
      expect(result).toMatchObject({ sent: 20, done: 20, lost: 0, closed: 0 })
    },
  )

  it('has latencies if messages come at a rate, beside a reader that never reads', async () => {
    const stuck = { messages: 10, size: 1024, readers: 1 }
    const job = toAll(3, { perSecond: 1000, stuck })
    const { p50Us, p99Us, ...result } = await measure(server('wildcast-json'), { ...job, ...course })
    expect(result).toMatchObject({ done: 60, lost: 0 })
    expect(p99Us).toBeGreaterThanOrEqual(p50Us ?? Number.NaN)
  })

  it("fails with the server's answer if the server refuses the connection", async () => {
    const stranger = { ...server('wildcast-json'), dialect: 'mqtt' }
    await expect(measure(stranger, { ...toAll(1, { window: 1 }), ...course })).rejects.toThrow(
      /refused the handshake: HTTP\/1.1 4\d\d/,
    )
  })
})

describe('scenarios', () => {
  it('state how many subscriptions a message reaches', () => {
    for (const { cases } of scenarios)
      for (const { job } of cases({ quick: true })) {
        if (job.kind !== 'deliveries') continue
        const tree = new SubjectTree<number>()
        for (const [i, pattern] of job.subscribers.flat().entries()) tree.add(parsePattern(pattern), i)
        const some = job.subjects.filter((_, i) => i % 97 === 0)
        for (const subject of some) expect(tree.match(parseSubject(subject))).toHaveLength(job.copies)
      }
  })
})
