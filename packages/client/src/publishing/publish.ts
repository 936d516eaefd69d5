import type { PublishFrame } from '@wildcast/protocol/client'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { ClientClock } from '../time/clock.js'
import type { PublicationState } from './outcome.js'

/** The frame of a publish, without its number. */
export type PublishContent = Omit<PublishFrame, 'ref'>

/**
 * Called when the state of a publish changes. `cause` is the error of a refusal, or the frame that
 * confirms the publish.
 */
export type ReportState = (state: Exclude<PublicationState, 'waiting'>, cause?: unknown) => void

/**
 * Publishes a message, now or as soon as the client is connected. Returns its key. Throws the
 * refusal. `sentAt` is the time of an earlier sending under the same key, in milliseconds since
 * 1970.
 */
export type SendPublish = (content: PublishContent, report: ReportState, sentAt?: number) => string | undefined

/** The function of the client that publishes. */
export interface PublishPorts {
  readonly publish: SendPublish
}

/**
 * How long after its first sending a publish may be sent again under its key, in milliseconds. The
 * relay keeps the key for 20 s more, the time that the frame may take.
 */
const repeatMs = 100_000

/**
 * Whether the relay still has the key of a publish. False if the clock was set back.
 */
export function mayRepeat(sentAt: number, now: number): boolean {
  return now >= sentAt && now < sentAt + repeatMs
}

/** Publishes over the connection. */
export function openPublish(post: Exchanges['post'], clock: ClientClock): SendPublish {
  return (content, report, earlierAt) => {
    let sentAt = earlierAt
    let firstAt: number | undefined
    post(content, {
      sent() {
        sentAt ??= clock.now()
        firstAt ??= sentAt
        report('sent')
      },
      answer: (frame) => report('confirmed', frame),
      fail(error, wasSent) {
        // The broker may have the message already.
        const isUnknown = wasSent ? error.code === 'interrupted' : sentAt
        report(isUnknown ? 'unknown' : 'rejected', error)
      },
      again(waitMs = 0) {
        const isRefused = waitMs > 0
        const at = isRefused ? firstAt : content.key && sentAt
        if (!at || !mayRepeat(at, clock.now() + waitMs)) return undefined
        if (isRefused) sentAt = earlierAt // the refused sending had no effect
        return content
      },
    })
    return content.key
  }
}
