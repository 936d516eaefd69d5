import type { CancelSignal } from '../cancel.js'
import type { Checked } from '../checked.js'
import type { Clock } from '../clock.js'
import type { PresenceCommand, RetainCommand, RetainedPublish } from '../commands.js'
import { ConditionFailed } from '../condition-failed.js'
import type { Hub } from '../hub.js'
import type { KeyedPublishes } from '../keyed-publishes.js'
import type { SessionLimits } from '../limits.js'
import { RecentSet } from '../recent-set.js'
import type { SessionActions } from '../session-actions.js'
import type { Written } from '../store.js'
import type { CheckedWrite } from './check-retain.js'
import type { RelayValues } from './relay-values.js'
import { type Once, SessionWaits } from './session-waits.js'
import { type SessionEnding, SessionWills } from './session-wills.js'
import { type PlannedKey, ValueCommits, type ValuePlan } from './value-commits.js'
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

/** A publish with a key. */
interface KeyedWrite {
  readonly plan: ValuePlan
  readonly retain: RetainCommand
  write(key: PlannedKey): Promise<string | undefined>
}

/** The least number of members that a session is known to have entered as. */
const membersRemembered = 1000

/** How long a client with a will may be silent, in milliseconds. */
const silenceMs = 10_000

/** The values that one session writes: their conditions, wills and presence. */
export class SessionValues {
  readonly #ports: SessionValuesPorts
  readonly #wills: SessionWills
  readonly #commits: ValueCommits
  readonly #waits: SessionWaits
  /** The last write, while it is not handed to the store yet. Later ones wait for it. */
  #last: Promise<unknown> | undefined
  /** The members of the session. Made when first needed. */
  #entered: RecentSet | undefined

  constructor(ports: SessionValuesPorts) {
    const { hub, clock, limits } = ports
    const { wills } = ports.values
    this.#ports = ports
    this.#wills = new SessionWills({ wills, clock, mostBytes: limits.payload })
    this.#commits = new ValueCommits({ hub, wills, own: this.#wills })
    this.#waits = new SessionWaits({ ...ports, wills: this.#wills, commits: this.#commits })
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
    const own = key === undefined ? undefined : this.#keyOf(key)
    if (retain.watch) {
      const once: Once | undefined =
        own === undefined ? undefined : (write, cancel) => this.#once(own, { plan, retain, write }, cancel)
      return this.#waits.wait({ plan, timeoutMs: retain.watchTimeoutMs, key: own, once }, signal)
    }
    const write = (key?: PlannedKey): Promise<string | undefined> =>
      this.#inOrder(plan, () => this.#write({ ...plan, key }))
    return own === undefined ? write() : this.#once(own, { plan, retain, write })
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
      // value of this session was replaced; one that has not entered deletes an earlier one's.
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
    if (place === 'here') this.frameArrived()
    this.#waits.moveTo(place)
  }

  /** The relay stops soon: the client gets nothing more here that it would lose with it. */
  goAway(): void {
    this.#wills.move()
  }

  /** The client has shown other credentials: cancels what may no longer wait. */
  async checkAgain(): Promise<void> {
    await this.#waits.checkAgain()
  }

  /** The session has ended. */
  end(ending: SessionEnding): void {
    this.#wills.end(ending)
    this.#waits.end()
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
      repeat: plan.key && (() => this.#commits.repeat(plan)),
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

  /** A repeat has the outcome of the first, and takes over its will. */
  async #once(key: string, { plan, retain, write }: KeyedWrite, signal?: CancelSignal): Promise<string | undefined> {
    const { keyed, clock } = this.#ports
    const { broker, message, will } = plan
    let isFirst = false
    const outcome = await keyed.publish(key, { ...message, broker, effect: retain }, (stored) => {
      isFirst = true
      const repeated = (): void => {
        isFirst = false
      }
      return write({ stored, repeated })
    })
    const revision = typeof outcome === 'string' ? outcome : undefined
    const isWanted = !isFirst && !signal?.aborted && !this.#wills.isOver
    if (isWanted && will && revision !== undefined && !this.#commits.adopt({ ...plan, will }, revision))
      clock.after(0, will.lost) // after the answer
    return revision
  }

  /** No client can write the key of another user. */
  #keyOf(key: string): string {
    return JSON.stringify([this.#ports.actions.identity.user, key])
  }
}

/** Neither part can contain a space. */
const placeOf = ({ broker, message: { subject } }: ValuePlan): string => `${broker} ${subject}`

/** @throws {ConditionFailed} if the condition is not met */
function revisionOf(written: Written): string | undefined {
  if (written.kind === 'refused') throw new ConditionFailed(written.revision)
  return written.kind === 'written' ? written.revision : undefined
}
