import type { BrokerMessage, MessageFrame } from '@wildcast/protocol'
import type { ValueTarget } from '../../core/outlet.js'

/** Returns the frame of a subscription's message. */
export function messageFrame(
  { subject, payload, responseSubject, headers, revision, deleted, left, retained, user, position }: BrokerMessage,
  { id, broker }: ValueTarget['feed'],
): MessageFrame {
  // Written out, since spreading costs as much as encoding.
  return (revision ?? position ?? retained) === undefined
    ? { kind: 'Message', id, subject, message: payload, broker, response_subject: responseSubject, headers }
    : {
        kind: 'Message',
        id,
        subject,
        message: payload,
        broker,
        response_subject: responseSubject,
        headers,
        revision,
        deleted,
        left,
        retained,
        user,
        position,
      }
}
