import type { Subject } from '@wildcast/protocol'
import { leaseMs, type StoredWill } from '../../core/store.js'
import { type Deadline, type Deadlines, newDeadline } from './deadlines.js'

interface Lease {
  readonly expiry: Deadline
  readonly wills: Map<Subject, StoredWill>
}

/** The most wills of one turn of the event loop. */
const mostOfTurn = 1000

/** The wills of relays, each with the lease that delays it. */
export class Leases {
  readonly #deadlines: Deadlines
  readonly #fulfil: (subject: Subject, will: StoredWill) => void
  readonly #leases: Map<string, Lease> = new Map()

  /** `fulfil` writes a will whose lease has expired. */
  constructor(deadlines: Deadlines, fulfil: (subject: Subject, will: StoredWill) => void) {
    this.#deadlines = deadlines
    this.#fulfil = fulfil
  }

  /** Renews a lease, or begins it. */
  renew(name: string): void {
    this.#deadlines.set((this.#leases.get(name) ?? this.#begin(name)).expiry, leaseMs)
  }

  /** Adds the will of a subject that has none. Returns the undo. */
  add(subject: Subject, will: StoredWill): () => void {
    if (!this.#leases.has(will.lease)) this.renew(will.lease)
    const wills = this.#leases.get(will.lease)?.wills
    wills?.set(subject, will)
    return () => wills?.delete(subject)
  }

  #begin(name: string): Lease {
    const lease: Lease = { expiry: newDeadline(() => this.#end(name, lease)), wills: new Map() }
    this.#leases.set(name, lease)
    return lease
  }

  /** A later renewal begins another lease: its relay has given up these wills. */
  #end(name: string, lease: Lease): void {
    if (this.#leases.get(name) === lease) this.#leases.delete(name)
    let done = 0
    for (const [subject, will] of lease.wills) {
      if (done++ === mostOfTurn) {
        this.#deadlines.set(lease.expiry, 1) // with 0, it would run again in this turn
        return
      }
      this.#fulfil(subject, will) // removes it, as any later write of the subject does
    }
  }
}
