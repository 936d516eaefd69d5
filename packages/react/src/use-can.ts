import type { ActionKind, CanOptions } from '@wildcast/client'
import { useCallback, useSyncExternalStore } from 'react'
import { findPermission, openPermission, type Permission, unanswered, unasked } from './permissions.js'
import { useClient } from './provider.js'

/** The options of `useCan`. */
export interface UseCanOptions extends Pick<CanOptions, 'broker'> {}

/**
 * Returns whether the client may do something now, for instance to disable a button. All hooks with
 * the same question share its answer. The relay is asked again after a reconnect and when the
 * client's token is renewed. With a subject of `null` the hook is idle.
 * @example
 * const { allowed } = useCan('publish', 'room.42')
 * return <button disabled={!allowed}>Send</button>
 */
export function useCan(action: ActionKind, subject: string | null, { broker }: UseCanOptions = {}): Permission {
  const client = useClient()
  const view = useCallback(
    (changed: () => void) =>
      subject === null ? () => {} : openPermission(client, { action, subject, broker }).view(changed),
    [client, action, subject, broker],
  )
  const permission = (): Permission => {
    if (subject === null) return unasked
    return findPermission(client, { action, subject, broker })?.permission ?? unanswered
  }
  return useSyncExternalStore(view, permission, () => (subject === null ? unasked : unanswered))
}
