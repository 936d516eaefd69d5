import type { MessageFrame, Pattern, RequestFrame } from '@wildcast/protocol/client'
import { limits } from '@wildcast/protocol/subjects'
import { withoutTrace } from '@wildcast/protocol/trace'
import type { ClientClock, Undo } from '../../time/clock.js'
import type { ClassicLanes } from './classic-lanes.js'
import type { ClassicReplies } from './classic-replies.js'
import { ulid } from './ulid.js'

/** Requests to a server that supports only messages. */
export interface ClassicRequests {
  request(frame: RequestFrame): void
  cancel(ref: number): void
  /** Cancels all requests. */
  close(): void
}

/**
 * Publishes requests on `request.<ulid>.<subject>`, with answers on `response.<ulid>.<subject>`.
 */
export function openClassicRequests(lanes: ClassicLanes, clock: ClientClock, replies: ClassicReplies): ClassicRequests {
  const undos = new Map<number, Undo>()
  const end = (ref: number): void => {
    undos.get(ref)?.()
    undos.delete(ref)
  }
  return {
    request({ ref, subject, message, broker, timeout = limits.requestTimeoutMs, headers }) {
      if (withoutTrace(headers)) return replies.unsupported(ref, '"headers"')
      const id = ulid(clock)
      const response_subject = `response.${id}.${subject}` as Pattern
      const content = { subject: `request.${id}.${subject}`, message, broker, response_subject }
      const publish = lanes.prepare({ kind: 'Publish', ...content })
      const answer = (frame: MessageFrame): void => {
        end(ref)
        replies.deliver({ kind: 'Response', ref, message: frame.message })
      }
      const stop = lanes.listen(response_subject, answer, publish)
      const disarm = clock.after(timeout, () => {
        end(ref)
        replies.fail(ref, 'timeout', `no answer on ${subject} within ${timeout} ms`)
      })
      undos.set(ref, () => {
        stop()
        disarm()
      })
    },
    cancel: end,
    close() {
      for (const ref of undos.keys()) end(ref)
    },
  }
}
