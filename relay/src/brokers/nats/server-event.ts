import type { Status } from 'nats'

/** An event of an open connection. `leaving`: the server will close it soon (lame duck mode). */
export type NatsServerEvent = ServerError | { readonly kind: 'leaving' }

/** A refusal of the server. */
export type ServerError =
  | Refused
  /** A publish with a forbidden reply subject, which the client library does not name. */
  | { readonly kind: 'refused reply' }
  /**
   * The client library does not report which error. If the connection stays open, a subscription
   * exceeded a limit.
   */
  | { readonly kind: 'error' }

/** A command that the permissions of the user forbid. */
export interface Refused {
  readonly kind: 'refused'
  readonly operation: 'publish' | 'subscription'
  readonly subject: string
  readonly queue?: string
}

/**
 * Reads an event of the client library. This is the only part of its API in use that differs in
 * version 3: errors have classes there, such as `PermissionViolationError`.
 */
export function serverEventOf(status: Status): NatsServerEvent | undefined {
  // An enumeration in version 2, its strings in version 3.
  const type: string = status.type
  if (type === 'ldm') return { kind: 'leaving' }
  if (type !== 'error') return undefined
  if (status.data !== 'PERMISSIONS_VIOLATION') return { kind: 'error' }
  const { operation, subject, queue } = (status.permissionContext ?? {}) as Partial<Refused>
  if (operation === undefined || subject === undefined) return { kind: 'refused reply' }
  const refused: Refused = { kind: 'refused', operation, subject: unquoted(subject) }
  return queue === undefined ? refused : { ...refused, queue: unquoted(queue) }
}

/** Decodes a text that Go's `%q` has written, without its quotes. Go writes valid Unicode only. */
function unquoted(text: string): string {
  return text.replace(
    /\\(?:u([\da-f]{4})|U(00(?:0[\da-f]|10)[\da-f]{4})|(.))/g,
    (_, short?: string, long?: string, char?: string) =>
      char === undefined ? String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16)) : char,
  )
}
