import { describe, expect, it, onTestFinished } from 'vitest'
import { realClock } from '../../src/index.js'
import { openFaultyProxy } from '../loss/faulty-proxy.js'
import { seededRandom } from '../loss/random.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { DurableClient, type DurableClientOptions } from './durable-client.js'
import { mqttRelay } from './mqtt-relay.js'

const seconds = process.env.WILDCAST_LONG ? 30 : 4
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31))
const paceMs = 10

const pause = (ms: number): Promise<void> => new Promise((resolve) => void realClock.after(ms, resolve))

/** The numbers that came from one publisher, in order of arrival. */
const numbersOf = (received: readonly string[], publisher: string): number[] =>
  received.map((text) => text.split(' ')).flatMap(([from, n]) => (from === publisher ? [Number(n)] : []))

/** Returns what is wrong with the numbers 1 … `count` as they have arrived. */
function broken(numbers: readonly number[], count: number, qos: 1 | 2): string[] {
  const once = [...new Set(numbers)]
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !once.includes(n))
  const early = once.find((n, i) => i > 0 && n < (once[i - 1] ?? 0))
  return [
    ...(missing.length > 0 ? [`${missing.length} are missing, the first is ${missing[0]}`] : []),
    ...(early !== undefined ? [`${early} came for the first time after a later one`] : []),
    ...(qos === 2 && once.length < numbers.length ? [`${numbers.length - once.length} came twice`] : []),
  ]
}

describe('the checker', () => {
  it('finds lost, late and repeated messages', () => {
    expect(broken([1, 2, 3], 3, 2)).toEqual([])
    expect(broken([1, 2, 1, 2, 3], 3, 1)).toEqual([])
    expect(broken([1, 2, 2, 3], 3, 2)).toEqual(['1 came twice'])
    expect(broken([1, 3, 2], 3, 1)).toEqual(['2 came for the first time after a later one'])
    expect(broken([1, 3], 3, 1)).toEqual(['1 are missing, the first is 2'])
  })
})

it.each([1, 2] as const)(
  'clients with QoS %d lose and repeat nothing that they must not',
  async (qos) => {
    const random = seededRandom(seed + qos)
    const relay = await mqttRelay({ mqtt: { queue: 100_000 } })
    const proxy = endsWithTest(await openFaultyProxy({ target: relay.port, random }))
    const faults: string[] = []
    const start = (clientId: string, rest: Pick<DurableClientOptions, 'level' | 'filter'>): DurableClient => {
      const options = { port: proxy.port, qos, onFault: (what: string) => void faults.push(what) }
      const client = new DurableClient({ ...options, clientId, ...rest })
      onTestFinished(() => client.end())
      return client
    }
    const readers = ([4, 5] as const).map((level) => start(`reader${level}`, { level, filter: 'from/+' }))
    await expect.poll(() => readers.every(({ isSubscribed }) => isSubscribed)).toBe(true)
    const writers = ([4, 5, 4] as const).map((level, i) => {
      const name = `writer${i}`
      return { name, client: start(name, { level }), count: 0 }
    })
    const clients = [...readers, ...writers.map(({ client }) => client)]
    const harm = { killed: 0, deserted: 0 }

    proxy.begin()
    const end = realClock.now() + seconds * 1000
    while (realClock.now() < end) {
      for (const writer of writers) if (writer.client.hasRoom) writer.client.publish(`${writer.name} ${++writer.count}`)
      const victim = clients[Math.floor(random() * clients.length * 20)]
      if (victim && random() < 0.7) {
        harm.killed++
        victim.kill(random() < 0.5 ? 'reset' : 'close')
      } else if (victim) {
        harm.deserted++
        victim.desert()
      }
      await pause(paceMs)
    }
    proxy.heal()

    const expected = writers.reduce((sum, { count }) => sum + count, 0)
    const distinct = (reader: DurableClient): number => new Set(reader.received).size
    const isDone = (): boolean =>
      writers.every(({ client }) => client.isSettled) && readers.every((reader) => distinct(reader) === expected)
    const patience = realClock.now() + 40_000
    while (!isDone() && realClock.now() < patience) await pause(50)
    // Repeated messages come late.
    await pause(300)
    const resent = clients.reduce((sum, client) => sum + client.resent, 0)
    const refused = clients.reduce((sum, client) => sum + client.refused, 0)
    const connections = clients.reduce((sum, client) => sum + client.connections, 0)
    console.log(
      `mqtt chaos: seed ${seed}, QoS ${qos}, ${seconds} s, ${expected} messages, ${connections} connections, ` +
        `${resent} sent again, ${refused} refused, ${JSON.stringify({ ...proxy.counts, ...harm })}`,
    )
    const wrong = readers.flatMap(({ received }, i) =>
      writers.flatMap(({ name, count }) =>
        broken(numbersOf(received, name), count, qos).map((what) => `reader ${i}, ${name}: ${what}`),
      ),
    )
    expect({ faults: [...new Set(faults)], wrong, errors: relay.errors }).toEqual({ faults: [], wrong: [], errors: [] })
    expect(writers.map(({ client }) => client.isSettled)).toEqual([true, true, true])
    expect(connections).toBeGreaterThan(clients.length)
  },
  120_000,
)
