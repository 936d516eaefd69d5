import { payloadSize, refusal, type Subject, WildcastError } from '@wildcast/protocol'
import { Cancel, type CancelSignal } from '../cancel.js'
import type { SessionLimits } from '../limits.js'
import type { SessionActions } from '../session-actions.js'
import type { Written } from '../store.js'
import type { RelayValues } from './relay-values.js'
import type { SessionWills } from './session-wills.js'
import type { PlannedKey, ValueCommits, ValuePlan } from './value-commits.js'

export interface SessionWaitsPorts {
  readonly values: Pick<RelayValues, 'lines' | 'keyedWaits'>
  readonly actions: Pick<SessionActions, 'identity' | 'refusalOf' | 'demandFit'>
  readonly limits: Pick<SessionLimits, 'payload'>
  readonly wills: Pick<SessionWills, 'isMoving' | 'isOver'>
  readonly commits: Pick<ValueCommits, 'write' | 'repeat'>
}

/**
 * Writes once for all publishes with the same key. A repeat that is cancelled takes nothing over.
 */
export type Once = (
  write: (key: PlannedKey) => Promise<string | undefined>,
  signal: CancelSignal,
) => Promise<string | undefined>

/** A publish that is to wait for its condition. */
export interface WantedWait {
  readonly plan: ValuePlan
  readonly timeoutMs: number | undefined
  /** With a key: that of the user. */
  readonly key: string | undefined
  readonly once: Once | undefined
}

/** A publish that waits for its condition. */
interface Waiting {
  readonly broker: string
  readonly subject: Subject
  readonly cancel: Cancel
}

/** The most publishes of a session that wait for their conditions. */
const mostWaiting = 16

/** The publishes of one session that wait for their conditions. */
export class SessionWaits {
  readonly #ports: SessionWaitsPorts
  readonly #waiting: Set<Waiting> = new Set()
  #bytes = 0
  /** Whether the client has a connection. */
  #isHere = true

  constructor(ports: SessionWaitsPorts) {
    this.#ports = ports
  }

  /** Resolves with the revision when the value is written. */
  async wait(want: WantedWait, signal: CancelSignal | undefined): Promise<string | undefined> {
    // The publish may have waited for a permission before.
    signal?.throwIfAborted()
    if (this.#ports.wills.isOver) throw endedError()
    const { broker, message, will } = want.plan
    const bytes = payloadSize(message.payload) + (will ? payloadSize(will.payload) : 0)
    this.#checkRoom(bytes)
    const cancel = new Cancel()
    const forward = (): void => cancel.abort(signal?.reason)
    const waiting: Waiting = { broker, subject: message.subject, cancel }
    this.#waiting.add(waiting)
    this.#bytes += bytes
    signal?.addEventListener('abort', forward)
    try {
      return await this.#wait(want, cancel)
    } finally {
      signal?.removeEventListener('abort', forward)
      this.#waiting.delete(waiting)
      this.#bytes -= bytes
    }
  }

  /** The client has a connection now, or none. */
  moveTo(place: 'here' | 'away'): void {
    this.#isHere = place === 'here'
    if (!this.#isHere) return
    for (const { broker, subject } of this.#waiting) this.#ports.values.lines.wake(broker, subject)
  }

  /** The client has shown other credentials: cancels what may no longer wait. */
  async checkAgain(): Promise<void> {
    const { actions } = this.#ports
    const { identity } = actions
    await Promise.all(
      [...this.#waiting].map(async ({ broker, subject, cancel }) => {
        const refused = await actions.refusalOf({ kind: 'publish', subject, broker })
        if (refused && actions.identity === identity) cancel.abort(refused)
      }),
    )
  }

  /** The session has ended. */
  end(): void {
    for (const { cancel } of this.#waiting) cancel.abort(endedError())
  }

  async #wait({ plan, timeoutMs, key, once }: WantedWait, cancel: Cancel): Promise<string | undefined> {
    const { lines, keyedWaits } = this.#ports.values
    const isHere = (): boolean => this.#isHere && !this.#ports.wills.isMoving
    if (key === undefined || !once) return this.#inLine(plan, { cancel, timeoutMs, isHere })
    // A repeat waits with the first, which is in the line until any of their clients is here.
    const end = keyedWaits.begin(key, isHere)
    const write = (stored: PlannedKey): Promise<string | undefined> =>
      this.#inLine({ ...plan, key: stored }, { cancel, timeoutMs, isHere: () => keyedWaits.isHere(key) })
    try {
      lines.wake(plan.broker, plan.message.subject)
      return await unlessAborted(cancel, once(write, cancel))
    } finally {
      end()
    }
  }

  async #inLine(
    plan: ValuePlan,
    { cancel, timeoutMs, isHere }: { cancel: Cancel; timeoutMs: number | undefined; isHere(): boolean },
  ): Promise<string | undefined> {
    const { condition, broker, message } = plan
    if (!condition) throw new WildcastError('internal', 'a publish waits without a condition')
    const { actions, commits } = this.#ports
    const write = (ifRevision: string | null): Promise<Written> => {
      actions.demandFit(broker, plan, plan.will?.payload)
      return commits.write(plan, ifRevision, cancel)
    }
    const { lines } = this.#ports.values
    const repeat = plan.key && ((): Promise<Written> => this.#ports.commits.repeat(plan))
    return lines.wait(broker, message.subject, { condition, isHere, write, repeat }, { signal: cancel, timeoutMs })
  }

  #checkRoom(bytes: number): void {
    const { payload: most } = this.#ports.limits
    if (this.#waiting.size >= mostWaiting)
      throw refusal('rate_limited', `${mostWaiting} publishes wait for their conditions; cancel one, or wait`)
    if (this.#waiting.size > 0 && this.#bytes + bytes > most)
      throw refusal('rate_limited', `more than ${most} bytes would wait for their conditions; cancel one, or wait`)
  }
}

function endedError(): WildcastError {
  return new WildcastError('interrupted', 'the session has ended')
}

/** Resolves as `outcome`. @throws the reason of `signal` if that is aborted first */
function unlessAborted<Outcome>(signal: CancelSignal, outcome: Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    outcome.then(resolve, reject)
  })
}
