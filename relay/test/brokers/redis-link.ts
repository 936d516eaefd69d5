import { type Message, type Pattern, parsePattern, parseSubject, payloadBytes, type Subject } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { Broker, Interest, Settle } from '../../src/brokers/broker.js'
import { foreignBroker } from '../../src/brokers/foreign/foreign-broker.js'
import { redisDriver } from '../../src/brokers/redis/driver.js'
import { type Terms, usualTerms } from '../../src/brokers/redis/terms.js'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { realClock } from '../../src/core/clock.js'
import { newId } from '../../src/node/new-id.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'

export const ports = { clock: realClock, newId }
export const timeoutMs = 60_000

/** A relay's link to Redis, and what it told. */
export interface RedisLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Why it was down, each time. */
  readonly causes: string[]
  readonly dropped: string[]
}

/** Opens a link that ends with the test. Terms are as in life, unless a test can't wait for them. */
export async function open(settings: RedisSettings, terms: Terms = usualTerms): Promise<RedisLink> {
  const statuses: string[] = []
  const causes: string[] = []
  const dropped: string[] = []
  const opening = foreignBroker(redisDriver(settings, ports, terms), { ...settings, ...ports })
  const broker = await opening({
    status(now, cause) {
      // It is told anew for each reason.
      if (now !== statuses.at(-1)) statuses.push(now)
      if (cause instanceof Error) causes.push(cause.message)
    },
    dropped: (why) => dropped.push(why),
  })
  onTestFinished(() => broker.close())
  return { broker, statuses, causes, dropped }
}

/** Takes everything that an interest brings. */
export async function listen(broker: Broker, pattern: string, more: Omit<Interest, 'pattern'> = {}): Promise<Inbox> {
  const inbox = new Inbox()
  const taking = listener((message) => inbox.put(message))
  inbox.undo = await broker.subscribe({ pattern: parsePattern(pattern), ...more }, taking)
  return inbox
}

export const subject = (text: string): Subject => parseSubject(text)
export const text = (message: Message | undefined): string =>
  new TextDecoder().decode(payloadBytes(message?.payload ?? ''))
export const publish = (broker: Broker, to: string, payload: string | Uint8Array = ''): Promise<void> =>
  broker.publish({ subject: subject(to), payload })
export const ask = async (broker: Broker, of: string, payload = ''): Promise<Message> =>
  (await broker.request?.({ subject: subject(of), payload }, { timeoutMs })) as Message

/** Serves until the test ends: each question is answered with what `answers` gives for it, in order. */
export async function serve(
  broker: Broker,
  on: string,
  answers: (question: Message) => readonly Omit<Message, 'subject'>[],
): Promise<() => Promise<void>> {
  return broker.subscribe(
    { pattern: on as Pattern, serve: true },
    listener((question) => {
      for (const answer of answers(question))
        void broker.publish({ ...answer, subject: question.responseSubject as Subject }).catch(() => {})
    }),
  )
}

/** A member of a group that decides on each message. */
export async function work(
  broker: Broker,
  pattern: string,
  group: string,
  take: (message: Message, settle: Settle) => void,
): Promise<() => Promise<void>> {
  return broker.subscribe(
    { pattern: parsePattern(pattern), group },
    {
      deliver: (message, settle) => take(message, settle as Settle),
      ended: () => {},
    },
  )
}
