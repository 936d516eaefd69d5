import { type BrokerMessage, parsePattern, parseSubject, payloadBytes, type WildcastError } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { Broker, Interest, OpenBroker } from '../../src/core/broker.js'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'

/** A relay's link to a broker, and its events. */
export interface TestLink {
  readonly broker: Broker
  readonly statuses: string[]
  /** Each reason for being down. */
  readonly reasons: string[]
  readonly dropped: string[]
  /** Subscribes. The inbox gets every message. */
  listen(pattern: string, more?: Omit<Interest, 'pattern'>): Promise<Inbox>
  publish(subject: string, payload?: BrokerMessage['payload'], more?: Partial<BrokerMessage>): Promise<void>
  request(subject: string, payload?: string, onPart?: (part: BrokerMessage) => void): Promise<BrokerMessage>
  /** Serves a subject with the answers that `answer` returns. */
  serve(
    subject: string,
    answer: (request: BrokerMessage) => readonly Partial<BrokerMessage>[],
  ): Promise<() => Promise<void>>
}

/** Opens a link until the test ends. Its requests wait for a minute. */
export async function testLink(open: OpenBroker): Promise<TestLink> {
  const [statuses, reasons, dropped]: [string[], string[], string[]] = [[], [], []]
  const broker = await open({
    status(now, cause) {
      // While it is down, another status reports each new reason.
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
        listener((request) => {
          for (const part of answer(request))
            void broker.publish({ subject: request.responseSubject ?? request.subject, payload: '', ...part })
        }),
      ),
  }
}

export const text = (message: BrokerMessage | undefined): string =>
  new TextDecoder().decode(payloadBytes(message?.payload ?? ''))

/**
 * Sends a request over one link, which another answers in parts. `refusal` resolves with the error
 * that stops the responder.
 */
export async function streamBetween(requesting: TestLink, serving: TestLink): Promise<{ refusal(): Promise<unknown> }> {
  const requests = new Inbox()
  await serving.broker.subscribe(
    { pattern: parseSubject('stream'), serve: true },
    listener((request) => requests.put(request)),
  )
  const parts = new Inbox()
  requesting.request('stream', '', (part) => parts.put(part)).catch(() => {}) // it is abandoned
  const [request] = await requests.take(1)
  const part = (): Promise<void> => serving.publish(request?.responseSubject ?? '', 'part', { more: true })
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
