import { type MessageFrame, type Pattern, type SubscribeFrame, WildcastError } from '@wildcast/protocol/client'
import { parsePattern } from '@wildcast/protocol/subjects'
import type { Undo } from '../../time/clock.js'
import type { ClassicLanes } from './classic-lanes.js'
import type { ClassicReplies } from './classic-replies.js'

/** Subscriptions with ids, for a server that knows none. */
export interface ClassicSubscriptions {
  subscribe(frame: SubscribeFrame): void
  unsubscribe(id: number): void
}

/** Gives ids, and answers when the subscription has been sent, which is all that can be known. */
export function openClassicSubscriptions(lanes: ClassicLanes, replies: ClassicReplies): ClassicSubscriptions {
  const undos = new Map<number, readonly Undo[]>()
  let lastId = 0
  return {
    subscribe({ ref, subject: pattern, broker, group, serve, policy }) {
      if (group !== undefined) return replies.unsupported(ref, '"group"')
      if (policy) return replies.unsupported(ref, 'policy ("deliver", "maxRate")')
      const subject = normal(pattern)
      if (subject instanceof WildcastError) return replies.fail(ref, 'invalid_subject', subject.message)
      const id = ++lastId
      const hand = (frame: MessageFrame): void => {
        if (broker !== undefined && frame.broker !== broker) return
        if (!serve) replies.deliver({ ...frame, id })
        else if (frame.response_subject !== undefined) replies.deliver({ ...frame, id, subject })
      }
      // The original's own request helpers prefix the subject; others may ask on the subject
      // itself.
      const patterns = (serve ? [`request.*.${subject}`, subject] : [subject]) as Pattern[]
      let unsent = patterns.length
      const sent = (): void => {
        if (--unsent === 0) replies.reply({ kind: 'Subscribed', ref, id, subject })
      }
      undos.set(
        id,
        patterns.map((pattern) => lanes.listen(pattern, hand, sent)),
      )
    },
    unsubscribe(id) {
      for (const undo of undos.get(id) ?? []) undo()
      undos.delete(id)
      replies.reply({ kind: 'Unsubscribed', id })
    },
  }
}

/** The normal form of a pattern, which no relay has checked. */
function normal(pattern: string): Pattern | WildcastError {
  try {
    return parsePattern(pattern)
  } catch (cause) {
    return WildcastError.from(cause)
  }
}
