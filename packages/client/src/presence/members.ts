import type { Message } from '../messages/message.js'

/** A user who is here; without a user, one connection. */
export interface Member<Data = unknown> {
  /** Unique among the members, for instance for the `key` of a row in React. */
  readonly key: string
  /** Undefined for a client without a user. */
  readonly user: string | undefined
  /** The data that the member has entered with, of the connection that changed it last. */
  readonly data: Data
  /** How many clients of the user are here. */
  readonly connections: number
  /** Whether one of them is this client. */
  readonly isSelf: boolean
}

/**
 * Returns the members that values stand for, one for each user, in the order of their names.
 * @param own - names this client in the subjects of its values
 */
export function membersOf<Data>(values: Iterable<Message<Data>>, own: string): readonly Member<Data>[] {
  const members = new Map<string, Member<Data>>()
  const newest = new Map<string, string>()
  for (const { subject, user, data, revision = '' } of values) {
    const name = subject.slice(subject.lastIndexOf('.') + 1)
    const end = name.lastIndexOf('~')
    const key = user === undefined ? name : name.slice(0, end)
    const known = members.get(key)
    const isNewer = revision >= (newest.get(key) ?? '')
    if (isNewer) newest.set(key, revision)
    members.set(key, {
      key,
      user,
      data: known && !isNewer ? known.data : data,
      connections: (known?.connections ?? 0) + 1,
      isSelf: known?.isSelf === true || name.slice(end + 1) === own,
    })
  }
  return [...members.values()].sort((one, other) => (one.key < other.key ? -1 : 1))
}
