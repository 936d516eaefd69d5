import type { PublishFrame } from '@wildcast/protocol/client'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { ClientClock } from '../time/clock.js'
import type { PublicationState } from './outcome.js'

/** What is published, and how. */
export type PublishContent = Omit<PublishFrame, 'ref'>

/** Is called when the state of a publish changes. `cause` is the reason of a refusal. */
export type ReportState = (state: Exclude<PublicationState, 'waiting'>, cause?: unknown) => void

/**
 * Publishes, now or as soon as the client is connected. Returns the key of the publish. What it
 * throws is the refusal. `sentAt` says when it was sent under its key before, in milliseconds since
 * 1970.
 */
export type SendPublish = (content: PublishContent, report: ReportState, sentAt?: number) => string | undefined

/** What a publish needs of the client. */
export interface PublishPorts {
  readonly publish: SendPublish
}

/**
 * How long a publish may be sent again under its key, in milliseconds from when it was first sent:
 * the relay remembers the key for 20 s more, which the frame may take.
 */
const repeatMs = 100_000

/**
 * Whether the relay still remembers the key of a publish. A clock that was put back says nothing.
 */
export function mayRepeat(sentAt: number, now: number): boolean {
  return now >= sentAt && now < sentAt + repeatMs
}

/** Publishes over the connection. */
export function openPublish(post: Exchanges['post'], clock: ClientClock): SendPublish {
  return (content, report, sentAt) => {
    post(content, {
      sent() {
        sentAt ??= clock.now()
        report('sent')
      },
      answer: () => report('confirmed'),
      fail(error, isOfRelay) {
        // The broker may have it already.
        const isUnknown = isOfRelay ? error.code === 'interrupted' : sentAt
        report(isUnknown ? 'unknown' : 'rejected', error)
      },
      again: () => (content.key && sentAt && mayRepeat(sentAt, clock.now()) ? content : undefined),
    })
    return content.key
  }
}
