import { once } from 'node:events'
import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { type BrokerMessage, type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { expect, onTestFinished } from 'vitest'
import { foreignBroker } from '../../src/brokers/foreign/foreign-broker.js'
import { redisDriver } from '../../src/brokers/redis/driver.js'
import { defaultLeaseTimes, type LeaseTimes } from '../../src/brokers/redis/leases.js'
import type { RedisSettings } from '../../src/brokers/settings.js'
import type { Broker, Interest, Settle } from '../../src/core/broker.js'
import { type Clock, realClock } from '../../src/core/clock.js'
import { newId } from '../../src/node/new-id.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { text } from './link.js'

export const ports = { clock: realClock, newId }
/** The timeout of requests. */
export const timeoutMs = 60_000

/** A relay's link to Redis, and its events. */
export interface RedisLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Each reason for being down. */
  readonly causes: string[]
  /** The same errors in full, as `inspect` logs them. */
  readonly shown: string[]
  readonly dropped: string[]
}

/** Opens a link that ends with the test. */
export async function open(
  settings: RedisSettings,
  leaseTimes: LeaseTimes = defaultLeaseTimes,
  clock: Clock = realClock,
): Promise<RedisLink> {
  const statuses: string[] = []
  const causes: string[] = []
  const shown: string[] = []
  const dropped: string[] = []
  const driver = redisDriver(settings, { ...ports, clock }, leaseTimes)
  const openBroker = foreignBroker(driver, { ...settings, ...ports, clock })
  const broker = await openBroker({
    status(now, cause) {
      // While it is down, another status reports each new reason.
      if (now !== statuses.at(-1)) statuses.push(now)
      if (cause instanceof Error) causes.push(cause.message)
      if (cause) shown.push(inspect(cause, { depth: 9 }))
    },
    dropped: (why) => dropped.push(why),
  })
  onTestFinished(() => broker.close())
  return { broker, statuses, causes, shown, dropped }
}

/** A client that is independent of Wildcast. It disconnects when the test ends. */
export function foreignClient(url: string): Ioredis {
  const client = new Ioredis(url)
  onTestFinished(() => client.disconnect())
  return client
}

/** Subscribes. The inbox gets every message. */
export async function listen(broker: Broker, pattern: string, more: Omit<Interest, 'pattern'> = {}): Promise<Inbox> {
  const inbox = new Inbox()
  const receiver = listener((message) => inbox.put(message))
  inbox.undo = await broker.subscribe({ pattern: parsePattern(pattern), ...more }, receiver)
  return inbox
}

export const subject = (text: string): Subject => parseSubject(text)
export const publish = async (broker: Broker, to: string, payload: string | Uint8Array = ''): Promise<void> =>
  broker.publish({ subject: subject(to), payload })
export const request = async (broker: Broker, of: string, payload = ''): Promise<BrokerMessage> =>
  (await broker.request?.({ subject: subject(of), payload }, { timeoutMs })) as BrokerMessage

/** Serves a subject with the answers that `answers` returns, in order. */
export async function serve(
  broker: Broker,
  served: string,
  answers: (request: BrokerMessage) => readonly Omit<BrokerMessage, 'subject'>[],
): Promise<() => Promise<void>> {
  return broker.subscribe(
    { pattern: served as Pattern, serve: true },
    listener((request) => {
      for (const answer of answers(request))
        void broker.publish({ ...answer, subject: request.responseSubject as Subject })?.catch(() => {})
    }),
  )
}

/** Joins a group. `take` settles each message. */
export async function consume(
  broker: Broker,
  pattern: string,
  group: string,
  take: (message: BrokerMessage, settle: Settle) => void,
): Promise<() => Promise<void>> {
  return broker.subscribe(
    { pattern: parsePattern(pattern), group },
    {
      deliver: (message, settle) => take(message, settle as Settle),
      ended: () => {},
    },
  )
}

/**
 * A clock whose waits pass at once and are recorded. Waits of 5 s or more, such as deadlines, never
 * end.
 */
export function hastyClock(): { readonly clock: Clock; readonly waits: readonly number[] } {
  const waits: number[] = []
  const clock: Clock = {
    ...realClock,
    random: () => 0.5,
    after(ms, run) {
      if (ms >= 5000) return () => {}
      waits.push(ms)
      return realClock.after(0, run)
    },
  }
  return { clock, waits }
}

/** Returns the port of a server that accepts connections and stays silent. */
export async function silentPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  const port = await freePort()
  endsWithTest(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
  return port
}

/** Expects that messages arrive at a subscription and in a group. */
export async function expectWorks(settings: RedisSettings): Promise<void> {
  const { broker, causes } = await open(settings)
  expect(causes).toEqual([])
  const inboxes = [await listen(broker, 'works'), await listen(broker, 'works', { group: 'g' })]
  await publish(broker, 'works', 'yes')
  for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['yes'])
}

/** Returns why a link is down. Expects no secret in the error, and no stack in its message. */
export async function downReason(settings: RedisSettings): Promise<string | undefined> {
  const { statuses, causes, shown } = await open(settings)
  expect(statuses).toEqual(['down'])
  expect(causes.join()).not.toMatch(/\n| at .*:\d+:\d+/)
  expect(shown.join()).not.toContain('secret')
  return causes[0]
}
