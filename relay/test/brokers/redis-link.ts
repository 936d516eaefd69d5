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
export const timeoutMs = 60_000

/** A relay's link to Redis, and what it told. */
export interface RedisLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Why it was down, each time. */
  readonly causes: string[]
  /** The same, with all that hangs on it: so it stands in the log of who logs it whole. */
  readonly shown: string[]
  readonly dropped: string[]
}

/**
 * Opens a link that ends with the test. LeaseTimes are as in life, unless a test can't wait for them; so
 * is the clock.
 */
export async function open(
  settings: RedisSettings,
  terms: LeaseTimes = defaultLeaseTimes,
  clock: Clock = realClock,
): Promise<RedisLink> {
  const statuses: string[] = []
  const causes: string[] = []
  const shown: string[] = []
  const dropped: string[] = []
  const opening = foreignBroker(redisDriver(settings, { ...ports, clock }, terms), { ...settings, ...ports, clock })
  const broker = await opening({
    status(now, cause) {
      // It is told again for each reason.
      if (now !== statuses.at(-1)) statuses.push(now)
      if (cause instanceof Error) causes.push(cause.message)
      if (cause) shown.push(inspect(cause, { depth: 9 }))
    },
    dropped: (why) => dropped.push(why),
  })
  onTestFinished(() => broker.close())
  return { broker, statuses, causes, shown, dropped }
}

/** Somebody else's client, until the test is done. */
export function stranger(url: string): Ioredis {
  const client = new Ioredis(url)
  onTestFinished(() => client.disconnect())
  return client
}

/** Takes everything that an interest brings. */
export async function listen(broker: Broker, pattern: string, more: Omit<Interest, 'pattern'> = {}): Promise<Inbox> {
  const inbox = new Inbox()
  const taking = listener((message) => inbox.put(message))
  inbox.undo = await broker.subscribe({ pattern: parsePattern(pattern), ...more }, taking)
  return inbox
}

export const subject = (text: string): Subject => parseSubject(text)
export const publish = async (broker: Broker, to: string, payload: string | Uint8Array = ''): Promise<void> =>
  broker.publish({ subject: subject(to), payload })
export const ask = async (broker: Broker, of: string, payload = ''): Promise<BrokerMessage> =>
  (await broker.request?.({ subject: subject(of), payload }, { timeoutMs })) as BrokerMessage

/**
 * Serves until the test ends: each question is answered with what `answers` gives for it, in order.
 */
export async function serve(
  broker: Broker,
  on: string,
  answers: (question: BrokerMessage) => readonly Omit<BrokerMessage, 'subject'>[],
): Promise<() => Promise<void>> {
  return broker.subscribe(
    { pattern: on as Pattern, serve: true },
    listener((question) => {
      for (const answer of answers(question))
        void broker.publish({ ...answer, subject: question.responseSubject as Subject })?.catch(() => {})
    }),
  )
}

/** A member of a group that decides on each message. */
export async function work(
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
 * A clock of somebody in a hurry: pauses pass at once, and are noted; what takes 5 s or more, such
 * as a deadline, is never over.
 */
export function hurried(): { readonly clock: Clock; readonly pauses: readonly number[] } {
  const pauses: number[] = []
  const clock: Clock = {
    ...realClock,
    random: () => 0.5,
    after(ms, run) {
      if (ms >= 5000) return () => {}
      pauses.push(ms)
      return realClock.after(0, run)
    },
  }
  return { clock, pauses }
}

/** A port of somebody who takes the call and says nothing. */
export async function silent(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  const port = await freePort()
  endsWithTest(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
  return port
}

/** Messages go there and back, also through a group. */
export async function works(settings: RedisSettings): Promise<void> {
  const { broker, causes } = await open(settings)
  expect(causes).toEqual([])
  const inboxes = [await listen(broker, 'works'), await listen(broker, 'works', { group: 'g' })]
  await publish(broker, 'works', 'yes')
  for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['yes'])
}

/**
 * Why it is down. No secret is told, neither in words nor by what hangs on the error, and no stack
 * in words.
 */
export async function whyDown(settings: RedisSettings): Promise<string | undefined> {
  const { statuses, causes, shown } = await open(settings)
  expect(statuses).toEqual(['down'])
  expect(causes.join()).not.toMatch(/\n| at .*:\d+:\d+/)
  expect(shown.join()).not.toContain('secret')
  return causes[0]
}
