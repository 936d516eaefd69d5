import type { Contract, InputOf, SubjectIn } from '@wildcast/contract'
import { isSubject, WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import type { ContractScope } from '../contract/contract-scope.js'
import type { Scope } from '../scope.js'
import { portsOf, type Scoped } from '../scope-ports.js'
import { backoffMs } from '../time/backoff.js'
import type { Undo } from '../time/clock.js'
import { openTimer } from '../time/timer.js'
import { checkSubject } from '../verbs.js'
import { type DataOption, type Lock, type LockOptions, lock } from './lock.js'

/** Options of `elect`. */
export interface ElectOptions extends Pick<LockOptions, 'broker' | 'data'> {
  /** Resigns when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** An election, in which this client takes part until it resigns. */
export interface Election {
  /** Whether this client is the leader. */
  readonly isLeader: boolean
  /** The token of the lock while this client leads. */
  readonly token: string | undefined
  /** Why the last attempt failed. The client tries again if `error.retry` is true. */
  readonly error: WildcastError | undefined
  /** Calls back when `isLeader` or `error` has changed. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Ends the part of this client. Resolves when another client may lead. */
  resign(): Promise<void>
}

/** Takes part in the election of a leader; its subject has values in the contract. */
export function elect<Api extends Contract, const Text extends string>(
  scope: ContractScope<Api>,
  subject: SubjectIn<Api, 'value', Text>,
  ...options: DataOption<ElectOptions, InputOf<Api, 'value', Text>>
): Election
/**
 * Takes part in the election of one leader among all clients that call it with this subject: the
 * leader holds its lock. A client that loses it waits for it again.
 * @throws {WildcastError} `invalid_subject`
 * @example
 * const election = elect(client, 'leader.prices')
 * election.onChange(() => (election.isLeader ? poll() : pause()))
 */
export function elect(scope: Scope, subject: string, options?: ElectOptions): Election
export function elect(scope: Scoped, subject: string, options: ElectOptions = {}): Election {
  const { ports } = portsOf(scope)
  checkSubject(subject, isSubject)
  const { data, broker, signal } = options
  const listeners = openAppListeners<void>(() => ports.call)
  const timer = openTimer(ports.clock)
  const over = new AbortController()
  let held: Lock | undefined
  let error: WildcastError | undefined
  let failures = 0

  const change = (to: Lock | undefined, reason?: WildcastError): void => {
    held = to
    error = reason
    listeners.notify()
  }
  const run = async (): Promise<void> => {
    try {
      const won = await lock(scope as Scope, subject, { data, broker, signal: over.signal })
      if (over.signal.aborted) return await won.release()
      failures = 0
      change(won)
      onceAborted(won.lost, () => {
        if (held !== won) return // resigned
        change(undefined)
        void run()
      })
    } catch (cause) {
      if (over.signal.aborted) return
      const reason = WildcastError.from(cause)
      const { status } = ports.link
      const isClosed = status.state === 'closed' && !status.reason
      if (reason.retry && !isClosed) timer.set(backoffMs(failures++, ports.clock.random()), () => void run())
      change(undefined, reason)
    }
  }
  const resign = async (): Promise<void> => {
    const last = held
    over.abort()
    timer.stop()
    if (last) change(undefined)
    await last?.release()
  }
  void run()
  if (signal) onceAborted(signal, () => void resign())

  return {
    get isLeader() {
      return held !== undefined
    },
    get token() {
      return held?.token
    },
    get error() {
      return error
    },
    onChange: listeners.add,
    resign,
  }
}

function onceAborted(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run()
  else signal.addEventListener('abort', run, { once: true })
}
