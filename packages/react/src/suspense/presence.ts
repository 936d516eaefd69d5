import { useClient } from '../provider.js'
import { countSlotOf, type MemberCountState, useMemberCount } from '../use-member-count.js'
import { type PresenceView, presenceSlotOf, type UsePresenceOptions, usePresence } from '../use-presence.js'
import { awaitStore, progressOfStatus, useSettled } from './use-settled.js'

/**
 * `usePresence` that suspends until all members are received, and throws a refusal. It enters when
 * it is mounted. A subject of null or undefined does not suspend.
 */
export function useSuspensePresence<Data = unknown, Selected = PresenceView<Data>>(
  subject: string | null | undefined,
  data?: Data,
  options: UsePresenceOptions<PresenceView<Data>, Selected> = {},
): Selected {
  const { broker } = options
  const client = useClient()
  const shown = usePresence(subject, undefined, { broker, isEqual: hasSameStatus })
  useSettled(awaitStore(subject == null ? undefined : presenceSlotOf(client, subject, broker)), shown, progressOfStatus)
  return usePresence(subject, data, options)
}

function hasSameStatus(a: PresenceView, b: PresenceView): boolean {
  return a.status === b.status && a.error === b.error
}

/** `useMemberCount` that suspends until the number is received, and throws a refusal. */
export function useSuspenseMemberCount(
  subject: string | null | undefined,
  options: Pick<UsePresenceOptions, 'broker'> = {},
): MemberCountState {
  const client = useClient()
  const shown = useMemberCount(subject, options)
  const slot = subject == null ? undefined : countSlotOf(client, subject, options.broker)
  useSettled(awaitStore(slot), shown, progressOfStatus)
  return shown
}
