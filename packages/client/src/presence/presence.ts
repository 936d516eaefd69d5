import type { Contract, DataOf, InputOf, SubjectIn } from '@wildcast/contract'
import { isSubject, type WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import type { ContractScope } from '../contract/contract-scope.js'
import type { Scope } from '../scope.js'
import { callPorts, payloadFor, type Scoped } from '../scope-ports.js'
import type { Undo } from '../time/clock.js'
import { type ValuesStatus, watchValues } from '../values/watch-values.js'
import type { VerbPorts } from '../verb-ports.js'
import { checkSubject } from '../verbs.js'
import { PresenceEntry } from './entry.js'
import { takeMemberName } from './member-name.js'
import { type Member, membersOf } from './members.js'

export type { Member } from './members.js'

/** Options of `presence`. */
export interface PresenceOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
}

/** The members of a subject, and the place of this client among them. */
export interface Presence<Data = unknown> {
  /** The present members: another list after each change, the same one in between. */
  readonly members: readonly Member<Data>[]
  /** Whether the list is complete. */
  readonly status: ValuesStatus
  /** Why the list is refused, or this client may no longer be a member. */
  readonly error: WildcastError | undefined
  /**
   * Enters, or changes `data`, which the others see. The client enters again after each loss of its
   * session, until it leaves.
   */
  enter(data?: Data): Promise<void>
  /** Changes `data`. */
  update(data: Data): Promise<void>
  /** Leaves. Resolves when the others no longer see this client. */
  leave(): Promise<void>
  /** Calls back after each change of `members`, `status` or `error`. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Leaves, and stops watching the members. */
  stop(): void
}

/**
 * The members of a subject that a contract has. `Data` is what members are received with, `Input`
 * what this client enters with; it may be left out if `{}` fits.
 */
export interface ContractPresence<Data, Input> extends Omit<Presence<Data>, 'enter' | 'update'> {
  /** Enters, or changes the data. Rejects with `invalid_payload` if it does not fit. */
  enter(...data: Record<never, never> extends Input ? [data?: Input] : [data: Input]): Promise<void>
  /** Changes the data. */
  update(data: Input): Promise<void>
}

/** Names each client among those of its user. */
const names = new WeakMap<VerbPorts, string>()

/** Watches the members of a subject of a contract. */
export function presence<Api extends Contract, const Text extends string>(
  scope: ContractScope<Api>,
  subject: SubjectIn<Api, 'presence', Text>,
  options?: PresenceOptions,
): ContractPresence<DataOf<Api, 'presence', Text>, InputOf<Api, 'presence', Text>>
/**
 * Watches the members of a subject, such as a room. `Data` is the type of what members enter with,
 * which is not checked.
 * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
 * @example
 * const room = presence<{ name: string }>(client, 'room.42')
 * room.onChange(() => console.log(room.members.map(({ data }) => data.name)))
 * await room.enter({ name: 'Ada' })
 */
export function presence<Data = unknown>(scope: Scope, subject: string, options?: PresenceOptions): Presence<Data>
export function presence<Data>(scope: Scoped, subject: string, options: PresenceOptions = {}): Presence<Data> {
  checkSubject(subject, isSubject)
  const { ports, broker } = callPorts(scope, 'presence', subject, options)
  const member = names.get(ports) ?? takeMemberName()
  names.set(ports, member)
  let members: readonly Member<Data>[] | undefined
  let failure: WildcastError | undefined
  const listeners = openAppListeners<void>(() => ports.call)
  const changed = (): void => {
    members = undefined
    listeners.notify()
  }
  const entry = new PresenceEntry(ports, { subject, broker, member }, (error) => {
    failure = error
    changed()
  })
  const watched = watchValues<Data, string>(scope, `$presence.${subject}.*`, { broker })
  /** The subject of the own value, once it was received. */
  let own: string | undefined
  watched.onChange(() => {
    changed()
    if (!entry.isIn || watched.status !== 'synced') return
    if (own && !watched.get(own)) {
      own = undefined
      entry.enterAgain() // the store has lost the value, or it was removed
    } else own ??= [...watched.all.keys()].find((name) => name.endsWith(`~${member}`))
  })
  const enter = async (data: unknown = {}): Promise<void> => {
    const message = payloadFor(scope, 'presence', subject, data)
    if (message.length === 0) throw new TypeError('data must not be empty: leave it out')
    failure = undefined
    return entry.enter(message)
  }

  return {
    get members() {
      members ??= membersOf(watched.all.values(), member)
      return members
    },
    get status() {
      return watched.status
    },
    get error() {
      return failure ?? watched.error
    },
    enter,
    update: enter,
    leave: () => entry.leave(),
    onChange: listeners.add,
    stop() {
      void entry.leave().catch(ports.report)
      watched.stop()
      listeners.clear()
    },
  }
}
