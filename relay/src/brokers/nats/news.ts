import type { Status } from 'nats'

/**
 * What a server says unasked while its connection stands. `leaving`: it will hang up soon (lame
 * duck mode).
 */
export type News = Complaint | { readonly kind: 'leaving' }

/** What a server did not take. */
export type Complaint =
  | Refused
  /** A publish for its reply subject, which the client library does not tell. */
  | { readonly kind: 'refused reply' }
  /**
   * The client library keeps to itself what it was. Where the connection stands, it was one
   * subscription too many.
   */
  | { readonly kind: 'error' }

/** Its user may not do this. */
export interface Refused {
  readonly kind: 'refused'
  readonly operation: 'publish' | 'subscription'
  readonly subject: string
  readonly queue?: string
}

/**
 * Reads an event of the client library. Of all that we use, only this differs in its version 3:
 * errors have classes there, such as `PermissionViolationError`.
 */
export function newsOf(status: Status): News | undefined {
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

/**
 * A text as Go's `%q` writes it, without its quotes. What is no character of Unicode, Go would not
 * have written.
 */
function unquoted(text: string): string {
  return text.replace(
    /\\(?:u([\da-f]{4})|U(00(?:0[\da-f]|10)[\da-f]{4})|(.))/g,
    (_, short?: string, long?: string, char?: string) =>
      char === undefined ? String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16)) : char,
  )
}
