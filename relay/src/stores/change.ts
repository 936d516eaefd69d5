import type { BrokerMessage } from '@wildcast/protocol'

/** Returns the user of the client that writes a value. */
export function userOf({ user, from }: BrokerMessage): string | undefined {
  return user ?? from?.user
}

/** Returns a change as subscribers receive it. A spread would cost as much as the write. */
export function changeOf(message: BrokerMessage, revision: string, deleted?: true): BrokerMessage {
  const { id, from, subject, payload, responseSubject, headers, more, error } = message
  const user = userOf(message)
  return { id, from, subject, payload, responseSubject, headers, more, error, revision, deleted, user }
}
