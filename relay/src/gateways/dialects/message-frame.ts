import type { BrokerMessage, MessageFrame } from '@wildcast/protocol'
import type { FeedFacts } from '../../core/outlet.js'

/** The frame that a message of a subscription becomes. */
export function messageFrame(
  { subject, payload, responseSubject, headers }: BrokerMessage,
  { id, broker }: FeedFacts,
): MessageFrame {
  return { kind: 'Message', id, subject, message: payload, broker, response_subject: responseSubject, headers }
}
