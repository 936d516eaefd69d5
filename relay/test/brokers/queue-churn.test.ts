import { type Client, createClient } from '@wildcast/client'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { openBroker } from '../../src/node/open-broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { type Kind, kinds } from './kinds.js'

// Members of a queue that leave return their unhandled messages: docs/delivery.md, Queues.

const jobs = 300

/** Relays that share one broker; the memory broker has one relay. */
async function relays(kind: Kind | undefined, count: number): Promise<StartedRelay[]> {
  const server = kind && endsWithTest(await kind.start())
  const settings = kind && server ? kind.settings(server.port, 5000) : ({ type: 'memory' } as const)
  return Promise.all(Array.from({ length: count }, () => startRelay({ brokers: { test: openBroker(settings) } })))
}

function connect({ address }: StartedRelay): Client {
  const client = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => client.close())
  return client
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Counts how often each job was done, and records jobs in work twice at once. */
class Ledger {
  readonly done = new Map<number, number>()
  readonly twiceAtOnce: number[] = []
  readonly #inWork = new Set<number>()

  begin(job: number): void {
    if (this.#inWork.has(job)) this.twiceAtOnce.push(job)
    this.#inWork.add(job)
  }
  finish(job: number): void {
    this.abandon(job)
    this.done.set(job, (this.done.get(job) ?? 0) + 1)
  }
  abandon(job: number): void {
    this.#inWork.delete(job)
  }
}

type Join = (client: Client, ledger: Ledger, most: number) => Promise<void>

/** Each leaves in its own way after `most` jobs, while more are in flight to it. */
const members: Readonly<Record<'break' | 'unsubscribe' | 'undo' | 'close', Join>> = {
  async break(client, ledger, most) {
    let count = 0
    for await (const { data } of client.subscribe('job', { group: 'g' })) {
      ledger.begin(data as number)
      await turn()
      ledger.finish(data as number)
      if (++count === most) break
    }
  },
  async unsubscribe(client, ledger, most) {
    let count = 0
    const subscription = client.subscribe('job', { group: 'g' })
    for await (const { data } of subscription) {
      ledger.begin(data as number)
      if (++count === most) subscription.unsubscribe()
      await turn()
      ledger.finish(data as number)
    }
  },
  async undo(client, ledger, most) {
    const begun: Promise<void>[] = []
    await new Promise<void>((resolve) => {
      const undo = client.subscribe(
        'job',
        ({ data }) => {
          ledger.begin(data as number)
          const work = turn().then(() => ledger.finish(data as number))
          begun.push(work)
          if (begun.length === most) {
            undo()
            resolve()
          }
          return work
        },
        { group: 'g' },
      )
    })
    await Promise.all(begun)
  },
  async close(client, ledger, most) {
    let count = 0
    for await (const { data } of client.subscribe('job', { group: 'g' })) {
      ledger.begin(data as number)
      await turn()
      if (++count === most) {
        ledger.abandon(data as number) // unhandled: another member gets it
        client.close()
        return
      }
      ledger.finish(data as number)
    }
  },
}

/** Members join one after the other, two at a time, until all jobs are done. */
async function doAll(relays: readonly StartedRelay[], ledger: Ledger): Promise<void> {
  let joined = 0
  const next = async (lane: number): Promise<void> => {
    while (ledger.done.size < jobs) {
      const kind = joined++
      const join = Object.values(members)[kind % 4] as Join
      const client = connect(relays[lane % relays.length] as StartedRelay)
      await Promise.race([
        join(client, ledger, 3 + (kind % 7)),
        expect.poll(() => ledger.done.size).toBeGreaterThanOrEqual(jobs),
      ])
    }
  }
  await Promise.all([next(0), next(1)])
}

it.each([
  ['memory', undefined, 1],
  ['Redis', kinds.redis, 2],
])('members that join and leave lose none of 300 jobs and do none twice: %s', async (_, kind, count) => {
  const all = await relays(kind, count)
  const ledger = new Ledger()
  // One member stays, so that the queue has a member on every relay.
  for (const relay of all) {
    const stayer = connect(relay).subscribe('job', { group: 'g' })
    await stayer.ready
    void (async () => {
      for await (const { data } of stayer) {
        ledger.begin(data as number)
        await turn()
        ledger.finish(data as number)
      }
    })()
  }
  const work = doAll(all, ledger)
  const publisher = connect(all[0] as StartedRelay)
  for (let job = 0; job < jobs; job++) await publisher.publish('job', job)
  await expect.poll(() => ledger.done.size).toBe(jobs)
  await work
  expect(ledger.twiceAtOnce).toEqual([])
  expect([...ledger.done.values()].filter((times) => times > 1)).toEqual([])
})

/** A member takes the first of ten jobs and leaves. Returns the jobs that another member gets. */
async function leaveTen(kind: Kind | undefined, count: 1 | 2): Promise<{ got: unknown[]; publisher: Client }> {
  const [here, there = here] = (await relays(kind, count)) as [StartedRelay, StartedRelay?]
  const leaving = connect(here).subscribe('job', { group: 'g' })
  await leaving.ready
  const publisher = connect(here)
  await Promise.all(Array.from({ length: 10 }, (_, job) => publisher.publish('job', job)))
  const loop = leaving[Symbol.asyncIterator]()
  await loop.next()
  const got: unknown[] = []
  const other = connect(there)
  await new Promise<void>((resolve) => {
    other.subscribe('job', ({ data }) => got.push(data), {
      group: 'g',
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  await loop.return?.()
  return { got, publisher }
}

it.each([
  ['memory', undefined],
  ['Redis', kinds.redis],
  ['NATS', kinds.nats],
  ['MQTT', kinds.mqtt],
])('the unhandled jobs of a member that leaves go to another at the same relay: %s', async (_, kind) => {
  const { got } = await leaveTen(kind, 1)
  await expect.poll(() => got.length).toBe(9)
  expect(got.map(Number).sort((one, next) => one - next)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

it('they go to a member at another relay if the broker takes them back: Redis', async () => {
  const { got } = await leaveTen(kinds.redis, 2)
  await expect.poll(() => got.length).toBe(9)
})

it.each([
  ['NATS', kinds.nats],
  ['MQTT', kinds.mqtt],
])('they are lost with the last member at its relay if the broker takes nothing back: %s', async (_, kind) => {
  const { got, publisher } = await leaveTen(kind, 2)
  await expect
    .poll(async () => {
      await publisher.publish('job', 'later') // until the broker has removed the first member
      return got.length
    })
    .toBeGreaterThan(0)
  expect(new Set(got)).toEqual(new Set(['later']))
})
