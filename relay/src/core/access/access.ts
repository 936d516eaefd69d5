import { refusal, type WildcastError } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import { type Action, allowed, type Verdict } from './grants.js'
import type { Identity } from './identity.js'
import { inWords } from './in-words.js'

/** The decision of a hook. Anything but `true` denies. @see Authorize */
export type Decision = boolean | { readonly allowed: boolean; readonly cacheMs?: number | undefined }

/**
 * Decides on an action that the rules of an identity allow. An exception or a timeout denies. A
 * decision with `cacheMs` holds for that many milliseconds in the same session.
 */
export type Authorize = (action: Action, identity: Identity) => Decision | Promise<Decision>

export interface AccessPorts {
  readonly clock: Clock
  /** @default what the rules allow is allowed */
  readonly authorize?: Authorize | undefined
  /** Whether a refusal names the rules. @default false */
  readonly explain?: boolean | undefined
  /** Handles errors of the hook. */
  readonly failed: (cause: unknown) => void
}

/** How long the hook may take, in milliseconds. */
const authorizeMs = 5000

/** The most decisions of the hook that a session keeps. */
const mostKept = 64

/** The permissions of one session: the rules of its identity, then the hook. */
export class Access {
  readonly identity: Identity
  readonly #ports: AccessPorts
  /** Decisions that still hold, with the time until which they do. */
  #kept: Map<string, { readonly verdict: Verdict; readonly until: number }> | undefined
  /** By action: the last pending decision of the hook. */
  #pending: Map<string, Promise<Verdict>> | undefined

  constructor(ports: AccessPorts, identity: Identity) {
    this.#ports = ports
    this.identity = identity
  }

  /** Whether every action is allowed. */
  get isOpen(): boolean {
    return !this.#ports.authorize && !this.identity.grants
  }

  /**
   * Returns if an action is allowed. Returns a promise while the hook decides; equal actions are
   * decided in the order of the calls.
   * @throws {WildcastError} `forbidden`, also by rejection
   */
  demand(action: Action): Promise<void> | undefined {
    const verdict = this.decide(action)
    if (verdict instanceof Promise) return verdict.then((decided) => this.#check(action, decided))
    this.#check(action, verdict)
    return undefined
  }

  /** Whether an action is allowed. */
  decide(action: Action): Verdict | Promise<Verdict> {
    const byRules = this.identity.grants?.decide(action) ?? allowed
    if (!byRules.allowed || !this.#ports.authorize) return byRules
    const key = `${action.kind} ${action.broker}:${action.subject}`
    const pending = this.#pending?.get(key)
    if (pending !== undefined)
      return this.#wait(
        key,
        pending.then(() => this.#callHook(key, action)),
      )
    const verdict = this.#callHook(key, action)
    return verdict instanceof Promise ? this.#wait(key, verdict) : verdict
  }

  #callHook(key: string, action: Action): Verdict | Promise<Verdict> {
    const { clock, authorize } = this.#ports
    const kept = this.#kept?.get(key)
    if (kept && clock.now() < kept.until) return kept.verdict
    this.#kept?.delete(key)
    try {
      const decision = authorize?.(action, this.identity)
      if (!(decision instanceof Promise)) return this.#keep(key, decision)
      return this.#inTime(decision)
        .then((decided) => this.#keep(key, decided))
        .catch((cause: unknown) => this.#deny(cause))
    } catch (cause) {
      return this.#deny(cause)
    }
  }

  #wait(key: string, verdict: Promise<Verdict>): Promise<Verdict> {
    this.#pending ??= new Map()
    this.#pending.set(key, verdict)
    return verdict.finally(() => {
      if (this.#pending?.get(key) === verdict) this.#pending.delete(key)
    })
  }

  #keep(key: string, decision: Decision | undefined): Verdict {
    const { allowed: isAllowed, cacheMs = 0 } =
      typeof decision === 'object' && decision !== null ? decision : { allowed: decision }
    const verdict = isAllowed === true ? allowed : ({ allowed: false, why: 'authorize denies it' } as const)
    if (cacheMs > 0) {
      this.#kept ??= new Map()
      if (this.#kept.size >= mostKept) this.#kept.clear()
      this.#kept.set(key, { verdict, until: this.#ports.clock.now() + cacheMs })
    }
    return verdict
  }

  #deny(cause: unknown): Verdict {
    this.#ports.failed(cause)
    return { allowed: false, why: 'authorize failed' }
  }

  #inTime(decision: Promise<Decision>): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`authorize took longer than ${authorizeMs / 1000} s`))
      decision.then(resolve, reject).finally(this.#ports.clock.after(authorizeMs, late))
    })
  }

  #check(action: Action, verdict: Verdict): void {
    if (!verdict.allowed) throw this.refusal(action, verdict.why)
  }

  /** The refusal of an action. It names the rules only if the relay is to explain. */
  refusal(action: Action, why: string): WildcastError {
    const { user, grants } = this.identity
    const isAnonymous = grants !== undefined && user === undefined
    const remedies = [...(isAnonymous ? ['sign in with a token'] : []), 'ask for the permission']
    const reason = this.#ports.explain
      ? `: ${why}${isAnonymous ? '; or sign in with a token' : ''}`
      : `; ${remedies.join(', or ')}`
    return refusal('forbidden', `you may not ${inWords(action)}${reason}`)
  }
}
