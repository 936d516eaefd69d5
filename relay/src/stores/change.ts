import type { BrokerMessage, Subject } from '@wildcast/protocol'
import type { StoredMessage } from '../core/history-store.js'
import type { Written } from '../core/store.js'

/** Returns the user of the client that writes a value. */
export function userOf({ user, from }: BrokerMessage): string | undefined {
  return user ?? from?.user
}

/** The fields that a store adds to a message. */
export interface StoredFields {
  readonly revision?: string | undefined
  readonly deleted?: true | undefined
  readonly position?: string | undefined
}

/** Returns a stored message as subscribers receive it. A spread would cost as much as the write. */
export function changeOf(message: BrokerMessage, { revision, deleted, position }: StoredFields): BrokerMessage {
  const { id, from, subject, payload, responseSubject, headers, more, error } = message
  const user = userOf(message)
  const change = {
    id,
    from,
    subject,
    payload,
    responseSubject,
    headers,
    more,
    error,
    revision,
    deleted,
    user,
    position,
  }
  const { beside, qos, expiresAt, retain, expired } = message
  const hasFacts = beside || qos || expiresAt !== undefined || retain || expired
  return hasFacts ? { ...change, beside, qos, expiresAt, retain, expired } : change
}

/** Returns the position of a message that was kept. */
export function keptPosition(written: Written<string>): string {
  if (written.kind !== 'written') throw new TypeError('the store has not kept the message')
  return written.revision
}

/** Returns a message as the history keeps it. */
export function storedMessageOf(
  message: BrokerMessage,
  fields: StoredFields & { readonly position: string },
): StoredMessage {
  const { payload, headers, beside } = message
  const stored = { subject: message.subject as Subject, payload, headers, user: userOf(message), ...fields }
  return beside ? { ...stored, beside } : stored
}
