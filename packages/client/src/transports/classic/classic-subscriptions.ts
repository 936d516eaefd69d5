import { type MessageFrame, type Pattern, type SubscribeFrame, WildcastError } from '@wildcast/protocol/client'
import { parsePattern } from '@wildcast/protocol/subjects'
import type { Undo } from '../../time/clock.js'
import type { ClassicLanes } from './classic-lanes.js'
import type { ClassicReplies } from './classic-replies.js'

/** Subscriptions with ids, for a server without ids. */
export interface ClassicSubscriptions {
  subscribe(frame: SubscribeFrame): void
  unsubscribe(id: number): void
}

/** Assigns ids. Confirms a subscription when it was sent, since the server doesn't confirm it. */
export function openClassicSubscriptions(lanes: ClassicLanes, replies: ClassicReplies): ClassicSubscriptions {
  const undos = new Map<number, readonly Undo[]>()
  let lastId = 0
  return {
    subscribe({ ref, subject: pattern, broker, group, serve, policy, retained, snapshot, count, filter, after, last }) {
      if (retained || snapshot || count) return replies.unsupported(ref, 'values')
      if ((after ?? last) !== undefined) return replies.unsupported(ref, 'history')
      if (group !== undefined) return replies.unsupported(ref, '"group"')
      if (policy) return replies.unsupported(ref, 'policy ("deliver", "maxRate")')
      if (filter !== undefined) return replies.unsupported(ref, '"filter"')
      const subject = normal(pattern)
      if (subject instanceof WildcastError) return replies.fail(ref, 'invalid_subject', subject.message)
      const id = ++lastId
      const deliver = (frame: MessageFrame): void => {
        if (broker !== undefined && frame.broker !== broker) return
        if (!serve) replies.deliver({ ...frame, id })
        else if (frame.response_subject !== undefined) replies.deliver({ ...frame, id, subject })
      }
      // The original's request helpers prefix the subject; other requesters may not.
      const patterns = (serve ? [`request.*.${subject}`, subject] : [subject]) as Pattern[]
      let unsent = patterns.length
      const sent = (): void => {
        if (--unsent === 0) replies.reply({ kind: 'Subscribed', ref, id, subject })
      }
      undos.set(
        id,
        patterns.map((pattern) => lanes.listen(pattern, deliver, sent)),
      )
    },
    unsubscribe(id) {
      for (const undo of undos.get(id) ?? []) undo()
      undos.delete(id)
      replies.reply({ kind: 'Unsubscribed', id })
    },
  }
}

/** Returns the normal form of a pattern, or the error of an invalid one. */
function normal(pattern: string): Pattern | WildcastError {
  try {
    return parsePattern(pattern)
  } catch (cause) {
    return WildcastError.from(cause)
  }
}
