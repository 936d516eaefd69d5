import { type BrokerMessage, parsePattern, parseSubject, payloadBytes, type Subject } from '@wildcast/protocol'
import { it, onTestFinished } from 'vitest'
import type { Broker, Feature, Interest, OpenBroker } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { Inbox } from './inbox.js'
import { listener } from './listener.js'

export interface BrokerUnderTest {
  /** Opens a link to the broker, as a relay does; the link uses this clock. */
  readonly open: (clock?: Clock) => OpenBroker
  /** The same broker as another program sees it that knows nothing of Wildcast. */
  readonly outside?: Outside
  /**
   * False if the broker can't know whether a subject has a server: then callers wait until their
   * time is over. @default true
   */
  readonly knowsServers?: boolean
  /** False if a responder can't learn that its answer is no longer awaited. @default true */
  readonly knowsAskers?: boolean
  /** True if the values of a header that is repeated come together. @default false */
  readonly gathersHeaders?: boolean
  /** Segments of the longest subject that can be served. @default 256 */
  readonly mostSegments?: number
}

/** Names are subjects; their form at the broker is written here. */
export interface Outside {
  publish(subject: string, payload: Uint8Array): Promise<void>
  /**
   * Resolves when the subscription is there; then every payload on the subject is put into the
   * inbox.
   */
  listen(subject: string): Promise<Inbox>
  /** SIGKILL. */
  kill(): Promise<void>
  restart(): Promise<void>
}

export interface LinkUnderTest {
  readonly broker: Broker
  /** Each change of its status. */
  readonly statuses: readonly string[]
}

/** Opens links to a broker, which close when their test has finished. */
export interface Links {
  link(clock?: Clock): Promise<LinkUnderTest>
  /**
   * A test of a feature. Of a broker without it, the relay refuses the feature before the broker is
   * called, and the suite checks the reason that the broker gives.
   */
  withFeature(feature: Feature, title: string, run: (broker: Broker) => Promise<void>): void
}

export function linksTo(open: BrokerUnderTest['open']): Links {
  const link = async (clock?: Clock): Promise<LinkUnderTest> => {
    const statuses: string[] = []
    const broker = await open(clock)({
      // While it is down it may find another reason for that.
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

/** Everything that an interest gets, and a way to await the next messages. */
export async function listen(broker: Broker, want: string | Interest): Promise<Inbox> {
  const inbox = new Inbox()
  const interest = typeof want === 'string' ? { pattern: parsePattern(want) } : want
  inbox.undo = await broker.subscribe(
    interest,
    listener((message) => inbox.put(message)),
  )
  return inbox
}

export async function publish(broker: Broker, to: string, payload: string | Uint8Array): Promise<void> {
  await broker.publish({ subject: subject(to), payload })
}

/** Subjects at the bounds of what a broker carries. */
export function longestSubjects(mostSegments: number): readonly { readonly of: string; readonly name: string }[] {
  return [
    { of: '1,024 bytes', name: `${'ü'.repeat(255)}.${'x'.repeat(513)}` },
    { of: `${mostSegments} segments`, name: Array(mostSegments).fill('abc').join('.') },
  ]
}

export const subject = (text: string): Subject => parseSubject(text)

export const text = (message: BrokerMessage): string => new TextDecoder().decode(payloadBytes(message.payload))
