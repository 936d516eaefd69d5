import { type BrokerMessage, limits, parsePattern, parseSubject, payloadBytes, type Subject } from '@wildcast/protocol'
import { it, onTestFinished } from 'vitest'
import type { Broker, Feature, Interest, OpenBroker } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { Inbox } from './inbox.js'
import { listener } from './listener.js'

/** A broker, and what its tests must know of it. */
export interface BrokerUnderTest {
  /** Opens a link to the broker, as a relay does. The link uses this clock. */
  readonly open: (clock?: Clock) => OpenBroker
  /** The same broker, as a program without Wildcast sees it. */
  readonly outside?: Outside
  /**
   * False if the broker can't detect whether a subject has a server: then requests time out.
   * @default true
   */
  readonly knowsServers?: boolean
  /** False if a responder can't detect that its answer is no longer awaited. @default true */
  readonly knowsAskers?: boolean
  /** True if the values of a repeated header come together. @default false */
  readonly gathersHeaders?: boolean
  /** Segments of the longest subject that can be served. @default 256 */
  readonly mostSegments?: number
  /** Bytes of the longest subject. @default 1024 */
  readonly mostBytes?: number
}

/** A program without Wildcast. Subjects are translated to the broker's form. */
export interface Outside {
  publish(subject: string, payload: Uint8Array): Promise<void>
  /**
   * Resolves when the subscription is made; then puts every payload on the subject into the inbox.
   */
  listen(subject: string): Promise<Inbox>
  /** SIGKILL. */
  kill(): Promise<void>
  restart(): Promise<void>
}

/** An opened broker and its statuses. */
export interface LinkUnderTest {
  readonly broker: Broker
  /** The changes of its status. */
  readonly statuses: readonly string[]
}

/** Opens links to a broker, which close when their test has finished. */
export interface Links {
  link(clock?: Clock): Promise<LinkUnderTest>
  /**
   * Defines a test of a feature. If the broker lacks it, the relay refuses it before it calls the
   * broker, and the suite checks the broker's reason.
   */
  withFeature(feature: Feature, title: string, run: (broker: Broker) => Promise<void>): void
}

/** Returns the links to a broker. */
export function linksTo(open: BrokerUnderTest['open']): Links {
  const link = async (clock?: Clock): Promise<LinkUnderTest> => {
    const statuses: string[] = []
    const broker = await open(clock)({
      // The cause alone may change while it is down.
      status: (now) => statuses.at(-1) !== now && statuses.push(now),
      dropped: () => {},
    })
    onTestFinished(() => broker.close())
    return { broker, statuses }
  }
  return {
    link,
    withFeature(feature, title, run) {
      it(`${feature}: ${title}`, async () => {
        const { broker } = await link()
        if (broker.features[feature] === true) await run(broker)
      })
    },
  }
}

/** Subscribes. Returns an inbox of the messages that the interest gets. */
export async function listen(broker: Broker, want: string | Interest): Promise<Inbox> {
  const inbox = new Inbox()
  const interest = typeof want === 'string' ? { pattern: parsePattern(want) } : want
  inbox.undo = await broker.subscribe(
    interest,
    listener((message) => inbox.put(message)),
  )
  return inbox
}

/** Publishes a payload on a subject. */
export async function publish(broker: Broker, to: string, payload: string | Uint8Array): Promise<void> {
  await broker.publish({ subject: subject(to), payload })
}

/** Returns the longest subjects that a broker carries. */
export function longestSubjects({
  mostSegments = limits.subjectSegments,
  mostBytes = limits.subjectBytes,
}: BrokerUnderTest): readonly { readonly of: string; readonly name: string }[] {
  const two = 'ü'.repeat(255)
  return [
    { of: `${mostBytes} bytes`, name: `${two}.${'x'.repeat(mostBytes - 511)}` },
    { of: `${mostSegments} segments`, name: Array(mostSegments).fill('abc').join('.') },
  ]
}

export const subject = (text: string): Subject => parseSubject(text)

export const text = (message: BrokerMessage): string => new TextDecoder().decode(payloadBytes(message.payload))
