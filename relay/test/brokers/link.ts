import { type BrokerMessage, parsePattern, parseSubject, payloadBytes, type WildcastError } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { Broker, Interest, OpenBroker } from '../../src/core/broker.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'

/** A relay's link to a broker, and what it said. */
export interface TestLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Why it is down, each that it found. */
  readonly reasons: string[]
  readonly dropped: string[]
  /** Everything that an interest gets. */
  listen(pattern: string, more?: Omit<Interest, 'pattern'>): Promise<Inbox>
  publish(subject: string, payload?: BrokerMessage['payload'], more?: Partial<BrokerMessage>): Promise<void>
  request(subject: string, payload?: string, onPart?: (part: BrokerMessage) => void): Promise<BrokerMessage>
  /** Serves with the answers that `answer` gives. */
  serve(
    subject: string,
    answer: (question: BrokerMessage) => readonly Partial<BrokerMessage>[],
  ): Promise<() => Promise<void>>
}

/**
 * Opens a link until the test is done. Its requests wait long: a test that is to end sooner says
 * so.
 */
export async function testLink(open: OpenBroker): Promise<TestLink> {
  const [statuses, reasons, dropped]: [string[], string[], string[]] = [[], [], []]
  const broker = await open({
    status(now, cause) {
      // While it is down it may find another reason for that.
      if (statuses.at(-1) !== now) statuses.push(now)
      if (now === 'down') reasons.push((cause as WildcastError).message)
    },
    dropped: (why) => dropped.push(why),
  })
  onTestFinished(() => broker.close())

  return {
    broker,
    statuses,
    reasons,
    dropped,
    async listen(pattern, more = {}) {
      const inbox = new Inbox()
      const interest = { pattern: parsePattern(pattern), ...more }
      inbox.undo = await broker.subscribe(
        interest,
        listener((message) => inbox.put(message)),
      )
      return inbox
    },
    publish: async (subject, payload = '', more = {}) =>
      broker.publish({ subject: parseSubject(subject), payload, ...more }),
    async request(subject, payload = '', onPart = () => {}) {
      const answer = await broker.request?.({ subject: parseSubject(subject), payload }, { timeoutMs: 60_000, onPart })
      return answer as BrokerMessage
    },
    serve: (subject, answer) =>
      broker.subscribe(
        { pattern: parseSubject(subject), serve: true },
        listener((question) => {
          for (const part of answer(question))
            void broker.publish({ subject: question.responseSubject ?? question.subject, payload: '', ...part })
        }),
      ),
  }
}

export const text = (message: BrokerMessage | undefined): string =>
  new TextDecoder().decode(payloadBytes(message?.payload ?? ''))

/**
 * A question to one link, which another answers in parts; `refusal` is what its responder hears at
 * last.
 */
export async function streamBetween(asking: TestLink, serving: TestLink): Promise<{ refusal(): Promise<unknown> }> {
  const asked = new Inbox()
  await serving.broker.subscribe(
    { pattern: parseSubject('stream'), serve: true },
    listener((question) => asked.put(question)),
  )
  const parts = new Inbox()
  asking.request('stream', '', (part) => parts.put(part)).catch(() => {}) // it is given up
  const [question] = await asked.take(1)
  const part = (): Promise<void> => serving.publish(question?.responseSubject ?? '', 'part', { more: true })
  await part()
  await parts.take(1)
  return {
    async refusal() {
      for (;;)
        try {
          await part()
          await new Promise(setImmediate)
        } catch (cause) {
          return cause
        }
    },
  }
}
