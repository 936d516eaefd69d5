import { describe, expect, it } from 'vitest'
import { kinds } from '../brokers/kinds.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { clientOf, collectMessages, startWorkers } from './start-workers.js'

const { redis, nats } = kinds

/** The command-line argument of each broker, with a real server if it needs one. */
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
    const command = await startWorkers(['gateway', '-p', '0', '-b', broker, '--workers', String(workers)])
    const clients = []
    for (let i = 0; i < workers; i++) clients.push(await clientOf(command))
    return clients
  }

  it('deliver every message to subscribers on each worker, in the order of its publisher', async () => {
    const clients = await open()
    const received = await Promise.all(clients.map((client) => collectMessages(client, 'n.*')))
    for (const client of clients) {
      await Promise.all(numbers.map((n) => client.publish('n.x', n)))
      for (const one of received) {
        await expect.poll(() => one.length).toBe(numbers.length)
        expect(one.splice(0)).toEqual(numbers)
      }
    }
  })

  it('share a queue', async () => {
    const clients = await open()
    const taken = await Promise.all(clients.map((client) => collectMessages(client, 'job.*', 'packers')))
    const jobs: string[] = []
    const publish = async (): Promise<void> => {
      const more = Array.from({ length: 100 }, () => String(jobs.push('')))
      jobs.splice(-100, 100, ...more)
      await Promise.all(more.map((job, i) => clients[i % workers]?.publish('job.x', job)))
    }
    // The faster worker may take all of the first ones.
    await expect.poll(() => publish().then(() => taken.every((mine) => mine.length > 0))).toBe(true)
    await expect.poll(() => sorted(taken.flat())).toEqual(jobs)
  })

  it('deliver requests to the responder on another worker, and return the answers', async () => {
    const [first, ...others] = await open()
    const requests: string[] = []
    const stop = first?.serve('math.double', (message) => {
      requests.push(message.text())
      return Number(message.text()) * 2
    })
    await expect.poll(() => others[0]?.request('math.double', '1').then(({ data }) => data, String)).toBe(2)
    requests.length = 0
    for (const client of others) {
      const answers = await Promise.all(numbers.slice(0, 50).map((n) => client.request('math.double', n)))
      expect(answers.map(({ data }) => data)).toEqual(numbers.slice(0, 50).map((n) => Number(n) * 2))
    }
    expect(requests.length).toBe(50 * others.length)
    stop?.()
  })
})
