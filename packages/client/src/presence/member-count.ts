import type { Contract, PatternIn } from '@wildcast/contract'
import { isPattern, type WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import type { ContractScope } from '../contract/contract-scope.js'
import type { Scope } from '../scope.js'
import { callPorts, type Scoped } from '../scope-ports.js'
import { refusedStatus } from '../subscriptions/interest-life.js'
import { listen } from '../subscriptions/listen.js'
import type { Undo } from '../time/clock.js'
import type { ValuesStatus } from '../values/watch-values.js'
import { checkSubject } from '../verbs.js'
import type { PresenceOptions } from './presence.js'

/** The number of members of a subject, kept up to date. */
export interface MemberCount {
  /** A user counts once, a client without a user for itself. Undefined until it is received. */
  readonly count: number | undefined
  /** Whether the number is up to date. */
  readonly status: ValuesStatus
  /** Why the number is refused, while it is. */
  readonly error: WildcastError | undefined
  /** Calls back after each change of `count`, `status` or `error`. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Stops. The last number stays readable. */
  stop(): void
}

/** Counts the members of a subject or pattern of a contract. */
export function memberCount<Api extends Contract, const Text extends string>(
  scope: ContractScope<Api>,
  subject: PatternIn<Api, 'presence', Text>,
  options?: PresenceOptions,
): MemberCount
/**
 * Counts the members of a subject or pattern, without receiving them: for large rooms. The relay
 * sends the number at once, and then at most once a second.
 * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
 * @example
 * const viewers = memberCount(client, 'room.42')
 * viewers.onChange(() => console.log(viewers.count))
 */
export function memberCount(scope: Scope, subject: string, options?: PresenceOptions): MemberCount
export function memberCount(scope: Scoped, subject: string, options: PresenceOptions = {}): MemberCount {
  checkSubject(subject, isPattern)
  const { ports, broker } = callPorts(scope, 'presence', subject, options)
  const listeners = openAppListeners<void>(() => ports.call)
  const changed = (): void => listeners.notify()
  let count: number | undefined
  let isLive = false
  let error: WildcastError | undefined
  const spec = { subject: `$presence.${subject}.*`, broker, group: undefined, policy: undefined, count: true }
  const leave = listen(ports, spec, {
    onMessage: (message) => {
      count = Number(message.text())
      error = undefined
      changed()
    },
    onContinuity: ({ continuity }) => {
      isLive = continuity === 'live' // after a gap: with the next number
      changed()
    },
    onError: (refusal) => {
      error = refusal
      changed()
    },
    onEnd: () => {
      isLive = false
      changed()
    },
  })

  return {
    get count() {
      return count
    },
    get status() {
      if (error) return refusedStatus(error)
      if (count === undefined) return 'loading'
      return isLive ? 'synced' : 'stale'
    },
    get error() {
      return error
    },
    onChange: listeners.add,
    stop() {
      leave()
      isLive = false
      listeners.clear()
    },
  }
}
