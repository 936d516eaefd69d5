import { describe, expect, it } from 'vitest'
import { kinds } from '../brokers/kinds.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { clientOf, hearing, startCrew } from './crew.js'

const { redis, nats } = kinds

/** How each broker is named to the command, with a real server where it needs one. */
const brokers: Readonly<Record<string, () => Promise<string>>> = {
  memory: async () => 'InMemoryBroker',
  redis: async () => redis.query(endsWithTest(await redis.start()).port),
  nats: async () => nats.query(endsWithTest(await nats.start()).port),
}

const numbers = Array.from({ length: 300 }, (_, i) => String(i))
const sorted = (texts: readonly string[]): string[] => [...texts].sort((a, b) => Number(a) - Number(b))

describe.each([
  ['memory', 2],
  ['memory', 3],
  ['redis', 2],
  ['nats', 2],
] as const)('over %s, %i workers', (name, workers) => {
  const open = async () => {
    const broker = await (brokers[name] as () => Promise<string>)()
    const crew = await startCrew(['gateway', '-p', '0', '-b', broker, '--workers', String(workers)])
    const clients = []
    for (let i = 0; i < workers; i++) clients.push(await clientOf(crew))
    return clients
  }

  it('bring every message to subscribers on each of them, in the order of its publisher', async () => {
    const clients = await open()
    const heard = await Promise.all(clients.map((client) => hearing(client, 'n.*')))
    for (const client of clients) {
      await Promise.all(numbers.map((n) => client.publish('n.x', n)))
      for (const one of heard) {
        await expect.poll(() => one.length).toBe(numbers.length)
        expect(one.splice(0)).toEqual(numbers)
      }
    }
  })

  it('share a queue', async () => {
    const clients = await open()
    const taken = await Promise.all(clients.map((client) => hearing(client, 'job.*', 'packers')))
    const jobs: string[] = []
    const publish = async (): Promise<void> => {
      const more = Array.from({ length: 100 }, () => String(jobs.push('')))
      jobs.splice(-100, 100, ...more)
      await Promise.all(more.map((job, i) => clients[i % workers]?.publish('job.x', job)))
    }
    // Who is quicker may take all of the first ones.
    await expect.poll(() => publish().then(() => taken.every((mine) => mine.length > 0))).toBe(true)
    await expect.poll(() => sorted(taken.flat())).toEqual(jobs)
  })

  it('bring requests to the server on another of them, and the answers back', async () => {
    const [first, ...others] = await open()
    const asked: string[] = []
    const stop = first?.serve('math.double', (message) => {
      asked.push(message.text())
      return Number(message.text()) * 2
    })
    await expect.poll(() => others[0]?.request('math.double', '1').then(({ data }) => data, String)).toBe(2)
    asked.length = 0
    for (const client of others) {
      const answers = await Promise.all(numbers.slice(0, 50).map((n) => client.request('math.double', n)))
      expect(answers.map(({ data }) => data)).toEqual(numbers.slice(0, 50).map((n) => Number(n) * 2))
    }
    expect(asked.length).toBe(50 * others.length)
    stop?.()
  })
})
