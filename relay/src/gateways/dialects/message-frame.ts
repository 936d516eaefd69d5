import type { BrokerMessage, MessageFrame } from '@wildcast/protocol'
import type { FeedFacts } from '../../core/outlet.js'

/** Returns the frame of a subscription's message. */
export function messageFrame(
  { subject, payload, responseSubject, headers }: BrokerMessage,
  { id, broker }: FeedFacts,
): MessageFrame {
  return { kind: 'Message', id, subject, message: payload, broker, response_subject: responseSubject, headers }
}
