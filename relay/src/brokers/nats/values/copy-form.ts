import type { BrokerMessage, Headers } from '@wildcast/protocol'

// The writer of a value publishes a copy on the plain subject, for groups and for programs without
// Wildcast. A "/" is in no header that a client can send, so that clients can't make copies.

/** `<revision>`, and ` deleted` if the value was deleted. */
const revisionHeader = 'wildcast/revision'
/** The user who wrote the value, percent-escaped. */
const userHeader = 'wildcast/user'

/** Returns the headers that make a message the copy of a change. */
export function copyHeaders({ revision, deleted, user }: BrokerMessage): Headers {
  if (revision === undefined) return []
  return [[revisionHeader, deleted ? `${revision} deleted` : revision], ...userHeaders(user)]
}

/** Returns the header of the user who wrote a message. */
export function userHeaders(user: string | undefined): Headers {
  return user === undefined ? [] : [[userHeader, encodeURIComponent(user)]]
}

/** Returns the fields of a copy. */
export function copyFields(headers: Headers): Pick<BrokerMessage, 'revision' | 'deleted' | 'user'> {
  const found = new Map(headers)
  const [, revision, deleted] = /^([0-9a-z]{10}-[0-9a-z]{9})( deleted)?$/.exec(found.get(revisionHeader) ?? '') ?? []
  if (revision === undefined) return {}
  const user = userIn(headers)
  return { revision, ...(deleted && { deleted: true as const }), ...(user !== undefined && { user }) }
}

/** Returns the user whom the headers of a message name. */
export function userIn(headers: Headers): string | undefined {
  const text = headers.findLast(([name]) => name === userHeader)?.[1]
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return undefined // no relay wrote it
  }
}
