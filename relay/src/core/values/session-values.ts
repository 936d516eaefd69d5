import { payloadSize, refusal, type Subject, WildcastError } from '@wildcast/protocol'
import { Cancel, type CancelSignal } from '../cancel.js'
import type { Clock } from '../clock.js'
import type { PresenceCommand, RetainCommand, RetainedPublish } from '../commands.js'
import { ConditionFailed } from '../condition-failed.js'
import type { Hub } from '../hub.js'
import type { KeyedPublishes } from '../keyed-publishes.js'
import type { SessionLimits } from '../limits.js'
import { RecentSet } from '../recent-set.js'
import type { Checked, SessionActions } from '../session-actions.js'
import type { Written } from '../store.js'
import type { CheckedWrite } from './check-retain.js'
import type { RelayValues } from './relay-values.js'
import { type SessionEnding, SessionWills } from './session-wills.js'
import { ValueCommits, type ValuePlan } from './value-commits.js'
import { writeOn } from './value-writer.js'

export interface SessionValuesPorts {
  readonly hub: Hub
  readonly values: RelayValues
  readonly keyed: KeyedPublishes
  readonly actions: SessionActions
  readonly clock: Clock
  readonly limits: Pick<SessionLimits, 'payload'>
  /** See `SessionSubscriptions.before`. */
  readonly before: (broker: string) => Promise<void> | undefined
  /** @throws {WildcastError} if the session was revoked */
  readonly demandPresent: () => void
}

/** Options of a write. */
export interface RetainOptions {
  /** Cancels a write that waits for its condition. */
  readonly signal?: CancelSignal | undefined
  /** Called if the will was written, or may have been, while the session continues. */
  readonly lost?: (() => void) | undefined
}

/** A write that waits for its condition. */
interface WaitingPublish {
  readonly broker: string
  readonly subject: Subject
  readonly cancel: Cancel
}

/** The most publishes of a session that wait for their conditions. */
const mostWaiting = 16

/** The least number of members that a session is known to have entered as. */
const membersRemembered = 1000

/** How long a client with a will may be silent, in milliseconds. */
const silenceMs = 10_000

/** The values that one session writes: their conditions, wills and presence. */
export class SessionValues {
  readonly #ports: SessionValuesPorts
  readonly #wills: SessionWills
  readonly #commits: ValueCommits
  readonly #waiting: Set<WaitingPublish> = new Set()
  #waitingBytes = 0
  /** The last write, while it is not handed to the store yet. Later ones wait for it. */
  #last: Promise<unknown> | undefined
  #isHere = true
  /** Where the session has entered. Made when first needed. */
  #entered: RecentSet | undefined

  constructor(ports: SessionValuesPorts) {
    const { hub, clock, limits } = ports
    const { wills } = ports.values
    this.#ports = ports
    this.#wills = new SessionWills({ wills, clock, mostBytes: limits.payload })
    this.#commits = new ValueCommits({ hub, wills, own: this.#wills })
  }

  /** See `Session.retain`. */
  async retain(want: RetainedPublish, { signal, lost = () => {} }: RetainOptions): Promise<string | undefined> {
    const { retain, key } = want
    const checked = this.#ports.actions.retain(want)
    const { will, willAfterMs: afterMs = silenceMs } = retain
    const plan: ValuePlan = {
      broker: checked.broker,
      ...checked.result,
      will: will === undefined ? undefined : { payload: will ?? '', afterMs, kind: 'publish', lost },
    }
    const ready = this.#ready(checked, plan)
    if (ready !== undefined) await ready // otherwise written in this turn, before what the client publishes next
    const run = (): Promise<string | undefined> =>
      retain.watch ? this.#wait(plan, retain, signal) : this.#inOrder(plan, () => this.#write(plan))
    return key === undefined ? run() : this.#once(key, { plan, retain, run })
  }

  /** See `Session.enter`. */
  async enter(want: PresenceCommand, { lost = () => {} }: RetainOptions): Promise<string | undefined> {
    const payload = want.payload.length === 0 ? '{}' : want.payload
    const checked = this.#ports.actions.presence({ ...want, payload })
    const will = { payload: '', afterMs: silenceMs, kind: 'presence', lost } as const
    const plan: ValuePlan = { broker: checked.broker, ...checked.result, will }
    const ready = this.#ready(checked, plan)
    if (ready !== undefined) await ready
    return this.#inOrder(plan, async () => {
      const revision = await this.#write(plan)
      this.#entered ??= new RecentSet(membersRemembered)
      this.#entered.add(placeOf(plan))
      return revision
    })
  }

  /** See `Session.leave`. */
  async leave(want: Omit<PresenceCommand, 'payload'>): Promise<string | undefined> {
    const checked = this.#ports.actions.presence({ ...want, payload: '' })
    const plan: ValuePlan = { broker: checked.broker, ...checked.result, will: undefined }
    const ready = this.#ready(checked, plan)
    if (ready !== undefined) await ready
    return this.#inOrder(plan, async () => {
      // Another session of the user may have entered as the same member since. Without a will, the
      // value of this session was replaced; one that has not entered deletes that of an earlier one.
      const own = this.#wills.revisionOf(plan.broker, plan.message.subject)
      if (own === undefined && this.#entered?.has(placeOf(plan))) return undefined
      const written = await this.#commits.write(plan, own)
      if (written.kind === 'refused' && own !== undefined) this.#wills.cancel(plan.broker, plan.message.subject, own)
      return written.kind === 'written' ? written.revision : undefined
    })
  }

  /** A frame of the client has arrived. */
  frameArrived(): void {
    this.#wills.frameArrived()
  }

  /** The client has a connection now, or none. */
  moveTo(place: 'here' | 'away'): void {
    this.#isHere = place === 'here'
    if (!this.#isHere) return
    this.frameArrived()
    for (const { broker, subject } of this.#waiting) this.#ports.values.lines.wake(broker, subject)
  }

  /** The relay stops soon: the client gets nothing more here that it would lose with it. */
  goAway(): void {
    this.#wills.move()
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
  end(ending: SessionEnding): void {
    this.#wills.end(ending)
    for (const { cancel } of this.#waiting) cancel.abort(new WildcastError('interrupted', 'the session has ended'))
  }

  /** Resolves when an action is allowed, and earlier subscriptions are confirmed. */
  #ready({ broker, decided }: Checked<CheckedWrite>, { will }: ValuePlan): Promise<void> | undefined {
    const { before, demandPresent } = this.#ports
    if (will) this.#wills.checkRoom(will.payload)
    if (decided === undefined) return before(broker)
    return decided.then(() => {
      demandPresent()
      return before(broker)
    })
  }

  /** @throws {ConditionFailed} */
  async #write(plan: ValuePlan): Promise<string | undefined> {
    const { hub } = this.#ports
    const written = await writeOn(plan.condition, {
      read: () => hub.values(plan.broker).read(plan.message.subject),
      write: (ifRevision) => this.#commits.write(plan, ifRevision),
    })
    return revisionOf(written)
  }

  /** Writes after earlier writes of the session that are not handed to the store yet. */
  #inOrder(plan: ValuePlan, write: () => Promise<string | undefined>): Promise<string | undefined> {
    const earlier = this.#last
    const done = earlier === undefined ? write() : earlier.then(write)
    if (earlier !== undefined || this.#commits.prepares(plan)) {
      const last: Promise<void> = done.then(
        () => this.#over(last),
        () => this.#over(last),
      )
      this.#last = last
    }
    return done
  }

  #over(last: Promise<unknown>): void {
    if (this.#last === last) this.#last = undefined
  }

  async #wait(
    plan: ValuePlan,
    { watchTimeoutMs: timeoutMs }: RetainCommand,
    signal: CancelSignal | undefined,
  ): Promise<string | undefined> {
    const { condition, broker, message, will } = plan
    if (!condition) return this.#write(plan)
    const bytes = payloadSize(message.payload) + (will ? payloadSize(will.payload) : 0)
    this.#checkWaiting(bytes)
    const cancel = new Cancel()
    const forward = (): void => cancel.abort(signal?.reason)
    const waiting: WaitingPublish = { broker, subject: message.subject, cancel }
    this.#waiting.add(waiting)
    this.#waitingBytes += bytes
    signal?.addEventListener('abort', forward)
    const write = (ifRevision: string | null): Promise<Written> => this.#commits.write(plan, ifRevision, cancel)
    try {
      const { lines } = this.#ports.values
      const isHere = (): boolean => this.#isHere && !this.#wills.isMoving
      return await lines.wait(broker, message.subject, { condition, isHere, write }, { signal: cancel, timeoutMs })
    } finally {
      signal?.removeEventListener('abort', forward)
      this.#waiting.delete(waiting)
      this.#waitingBytes -= bytes
    }
  }

  #checkWaiting(bytes: number): void {
    const { payload: most } = this.#ports.limits
    if (this.#waiting.size >= mostWaiting)
      throw refusal('rate_limited', `${mostWaiting} publishes wait for their conditions; cancel one, or wait`)
    if (this.#waiting.size > 0 && this.#waitingBytes + bytes > most)
      throw refusal('rate_limited', `more than ${most} bytes would wait for their conditions; cancel one, or wait`)
  }

  /** A repeat has the outcome of the first, and takes over its will. */
  async #once(
    key: string,
    { plan, retain, run }: { plan: ValuePlan; retain: RetainCommand; run: () => Promise<string | undefined> },
  ): Promise<string | undefined> {
    const { keyed, actions } = this.#ports
    const { broker, message } = plan
    let isFirst = false
    const own = JSON.stringify([actions.identity.user, key]) // no client can write the key of another user
    const outcome = await keyed.publish(own, { ...message, broker, retain }, () => {
      isFirst = true
      return run()
    })
    const revision = typeof outcome === 'string' ? outcome : undefined
    if (!isFirst && revision !== undefined) await this.#commits.adopt(plan, revision)
    return revision
  }
}

/** Neither part can contain a space. */
const placeOf = ({ broker, message: { subject } }: ValuePlan): string => `${broker} ${subject}`

/** @throws {ConditionFailed} if the condition is not met */
function revisionOf(written: Written): string | undefined {
  if (written.kind === 'refused') throw new ConditionFailed(written.revision)
  return written.kind === 'written' ? written.revision : undefined
}
