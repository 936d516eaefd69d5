import { type Pattern, WildcastError } from '@wildcast/protocol'

/** An action of a session. */
export interface Action {
  readonly kind: 'publish' | 'subscribe' | 'request' | 'serve'
  readonly subject: Pattern
  readonly broker: string
}

/** Decides on every action of every session. Anything but `true`, a throw included, denies. */
export type Permissions = (action: Action) => boolean

/** Allows every action. */
export const allowAll: Permissions = () => true

/** @throws {WildcastError} `forbidden`, with the same text for every reason. */
export function demand(permissions: Permissions, action: Action): void {
  let allowed: unknown
  let cause: unknown
  try {
    allowed = permissions(action)
  } catch (thrown) {
    cause = thrown
  }
  if (allowed !== true)
    throw new WildcastError('forbidden', `you may not ${action.kind} "${action.subject}"; ask for the permission`, {
      cause,
    })
}
