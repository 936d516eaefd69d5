import { type Party, type Payload, type Subject, WildcastError } from '@wildcast/protocol'
import { beforeRetry } from '../before-retry.js'
import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import type { OnFailure } from '../outlet.js'
import type { LeaseHold } from './will-lease.js'
import { WillLeases } from './will-leases.js'

/** The will of a client for a value that it wrote. */
export interface Will {
  readonly broker: string
  readonly subject: Subject
  /** Of the value that it replaces: any later write cancels the will. */
  readonly revision: string
  /** The value that replaces it; an empty payload deletes it. */
  readonly payload: Payload
  readonly from: Party | undefined
  /** How long the client may be silent, in milliseconds. */
  readonly afterMs: number
  /** A presence outlives the page: a reload must not end it. */
  readonly kind: 'publish' | 'presence'
  /** Absent if the store needs no lease. */
  readonly lease: LeaseHold | undefined
  /** Notifies the client that the will was written, or may have been. */
  readonly lost: () => void
}

/** A session that has wills. */
export interface WillOwner {
  /** The subject was written with this revision: cancels the will of an earlier one. */
  cancel(broker: string, subject: Subject, revision: string): void
  /** Gives the will of a value away, if the session still has it. */
  give(broker: string, subject: Subject, revision: string): Will | undefined
  /** Other relays may write a will. */
  lose(will: Will): void
}

export interface WillsPorts {
  readonly hub: Hub
  readonly clock: Clock
  /** The name of the relay. */
  readonly relay: string
  readonly onError: OnFailure
}

/** The wills of a relay: writes them, and keeps other relays from that. */
export class Wills {
  readonly #ports: WillsPorts
  /** By broker. */
  readonly #leases: Map<string, WillLeases> = new Map()
  /** By broker and subject: the session here that has the newest will. */
  readonly #owners: Map<string, WillOwner> = new Map()
  #isClosed = false

  constructor(ports: WillsPorts) {
    this.#ports = ports
  }

  /** The leases at the store of a broker. Undefined if it needs none. */
  leasesOf(broker: string): WillLeases | undefined {
    const { hub, clock, relay } = this.#ports
    const store = hub.values(broker)
    if (!store.renew) return undefined
    const known = this.#leases.get(broker)
    if (known) return known
    const leases = new WillLeases({ clock, relay, renew: async (name) => store.renew?.(name) })
    this.#leases.set(broker, leases)
    return leases
  }

  /**
   * A session has a will. Cancels that of another session for the same subject: its client may have
   * repeated a publish in a new session.
   */
  keep({ broker, subject, revision }: Will, owner: WillOwner): void {
    const key = `${broker} ${subject}`
    const former = this.#owners.get(key)
    this.#owners.set(key, owner)
    if (former !== owner) former?.cancel(broker, subject, revision)
  }

  /** Takes the will of a value from the session here that has it, if any. */
  take(broker: string, subject: Subject, revision: string): Will | undefined {
    return this.#owners.get(`${broker} ${subject}`)?.give(broker, subject, revision)
  }

  /** Other relays may write a will. */
  lose(will: Will): void {
    this.#owners.get(`${will.broker} ${will.subject}`)?.lose(will)
  }

  /** A session has a will no longer. */
  forget({ broker, subject }: Will, owner: WillOwner): void {
    const key = `${broker} ${subject}`
    if (this.#owners.get(key) === owner) this.#owners.delete(key)
  }

  /** Writes a will, unless its value was written since. Tries until it is known to be done. */
  async fire(will: Will): Promise<void> {
    while (!(await this.#fire(will))) await beforeRetry(this.#ports, will.broker)
    will.lease?.release()
  }

  /** No will is written any longer: those with a lease are left to other relays. */
  close(): void {
    this.#isClosed = true
    for (const leases of this.#leases.values()) leases.close()
  }

  /** Returns false if it must be tried again, which the revision makes safe. */
  async #fire({ broker, subject, revision, payload, from, lease }: Will): Promise<boolean> {
    const { hub, onError } = this.#ports
    if (this.#isClosed || lease?.isValid === false) return true
    try {
      await hub.write(broker, { message: { id: hub.nextMessageId(), from, subject, payload }, ifRevision: revision })
      return true
    } catch (cause) {
      const error = WildcastError.from(cause)
      if (error.code === 'broker_down' || error.code === 'interrupted') return false
      onError(error, { stage: 'will', broker })
      return true
    }
  }
}
