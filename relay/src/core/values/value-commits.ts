import { type Payload, WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../cancel.js'
import type { Hub } from '../hub.js'
import type { PublishKey } from '../publish-key.js'
import { noRevision, type Soon, type Written } from '../store.js'
import type { CheckedWrite } from './check-retain.js'
import type { SessionWills } from './session-wills.js'
import type { LeaseHold } from './will-lease.js'
import type { Will, Wills } from './wills.js'

/** A write of a session. */
export interface ValuePlan extends CheckedWrite {
  readonly broker: string
  readonly will: PlannedWill | undefined
  /** Absent if its client has given none. */
  readonly key?: PlannedKey | undefined
}

/** The key that a value is written with. */
export interface PlannedKey {
  readonly stored: PublishKey
  /** Called if an earlier write with the same key, at another relay, has done it. */
  repeated(): void
}

/** The will that a value is written with. */
export interface PlannedWill extends Pick<Will, 'afterMs' | 'kind' | 'lost'> {
  readonly payload: Payload
}

export interface ValueCommitsPorts {
  readonly hub: Hub
  readonly wills: Wills
  /** The wills of the session. */
  readonly own: SessionWills
}

/** A will whose value is being written. */
interface Pending {
  /** Absent if the store needs no lease. */
  readonly lease: LeaseHold | undefined
  /** Set when the value is written. */
  will?: Will
}

/** Writes the values of a session at the store, with the leases of their wills. */
export class ValueCommits {
  readonly #ports: ValueCommitsPorts

  constructor(ports: ValueCommitsPorts) {
    this.#ports = ports
  }

  /** Whether the store gets the write in a later turn only. */
  prepares(plan: ValuePlan): boolean {
    if (plan.condition?.kind === 'json') return true
    if (!plan.will) return false
    const leases = this.#ports.wills.leasesOf(plan.broker)
    return leases !== undefined && (plan.condition !== undefined || !leases.isReady)
  }

  /**
   * Writes a value if it has the revision. The session then has its will.
   * @param signal - if it is aborted meanwhile, the client no longer wants what it gets
   */
  async write(plan: ValuePlan, ifRevision: string | null | undefined, signal?: CancelSignal): Promise<Written> {
    const { hub, own } = this.#ports
    const { broker, message, ttlMs, will } = plan
    const beginning = will && this.#begin(plan)
    const pending = beginning instanceof Promise ? await beginning : beginning
    const lease = pending?.lease
    try {
      const stored = will && lease && { payload: will.payload, lease: lease.name }
      const sent = hub.write(broker, { message, ifRevision, ttlMs, will: stored, key: plan.key?.stored })
      const written = sent instanceof Promise ? await sent : sent
      if (isRepeat(plan, written)) {
        lease?.release()
        return written
      }
      const revision = written.kind === 'written' ? written.revision : undefined
      if (revision === undefined) lease?.release()
      else if (will && pending) this.#written(plan, will, { pending, revision, signal })
      else own.cancel(broker, message.subject, revision)
      return written
    } catch (cause) {
      lease?.release()
      throw cause
    }
  }

  /**
   * Returns the outcome of an earlier write with the key of the plan, at any relay. Writes nothing:
   * without an earlier one, `refused`.
   */
  async repeat(plan: ValuePlan): Promise<Written> {
    const { broker, message } = plan
    const store = this.#ports.hub.values(broker) // not counted as a publish
    const written = await store.write({ message, ifRevision: noRevision, key: plan.key?.stored })
    isRepeat(plan, written)
    return written
  }

  /**
   * The session takes over the will of a value that was written before, with its lease: the store
   * knows the will by that. Returns false if the will was written or cancelled.
   */
  adopt({ broker, message: { subject, from }, will }: ValuePlan & { will: PlannedWill }, revision: string): boolean {
    const { wills, own } = this.#ports
    const former = wills.take(broker, subject, revision)
    if (former) own.add({ ...will, broker, subject, from, revision, lease: former.lease })
    return former !== undefined
  }

  #written(
    { broker, message }: ValuePlan,
    planned: PlannedWill,
    { pending, revision, signal }: { pending: Pending; revision: string; signal?: CancelSignal | undefined },
  ): void {
    const { wills, own } = this.#ports
    const { subject, from } = message
    // The client must not be granted what another relay is about to take from it.
    if (pending.lease?.isValid === false)
      throw new WildcastError('interrupted', 'the store was not reachable for too long; read the value, and try again')
    const will: Will = { ...planned, broker, subject, from, revision, lease: pending.lease }
    pending.will = will
    if (signal?.aborted && !own.isOver) void wills.fire(will)
    else own.add(will)
  }

  #begin({ broker, condition }: ValuePlan): Soon<Pending> {
    const { wills, own } = this.#ports
    const leases = wills.leasesOf(broker)
    if (!leases) return { lease: undefined }
    let pending: Pending | undefined
    const lost = (): void => {
      if (!pending?.will) return
      own.lose(pending.will)
      wills.lose(pending.will) // another session may have taken it over
    }
    const begin = (lease: LeaseHold): Pending => {
      pending = { lease }
      return pending
    }
    // A write on a condition is not repeated if its outcome is unknown: then its lease must end.
    const lease = condition ? leases.own(lost) : leases.share(lost)
    return lease instanceof Promise ? lease.then(begin, notBegun) : begin(lease)
  }
}

/** Whether an earlier write has done it, which the plan then knows. */
function isRepeat({ key }: ValuePlan, written: Written): boolean {
  const isRepeat = written.kind === 'written' && written.repeated === true
  if (isRepeat) key?.repeated()
  return isRepeat
}

/** Nothing was written, even if it is unknown whether the lease was renewed. */
function notBegun(cause: unknown): never {
  const { code, message } = WildcastError.from(cause)
  throw code === 'interrupted' ? new WildcastError('broker_down', message, { cause }) : cause
}
