import type { Soon } from '../store.js'
import { type LeaseHold, WillLease, type WillLeasePorts } from './will-lease.js'

export interface WillLeasesPorts extends WillLeasePorts {
  /** The name of the relay: those of its leases begin with it. */
  readonly relay: string
}

/** The leases of a relay at one store. */
export class WillLeases {
  readonly #ports: WillLeasesPorts
  /** The lease that wills share. */
  #shared: WillLease | undefined
  #opening: Promise<WillLease> | undefined
  readonly #own: Set<WillLease> = new Set()
  #count = 0
  #isClosed = false

  constructor(ports: WillLeasesPorts) {
    this.#ports = ports
  }

  /** Whether `share` returns at once. */
  get isReady(): boolean {
    return this.#shared?.isValid === true
  }

  /**
   * Adds a will to the lease that most wills share. `lost` is called if other relays may write it.
   * @throws {WildcastError} by rejection: as `ValueStore.renew`
   */
  share(lost: () => void): Soon<LeaseHold> {
    if (this.#shared?.isValid) return this.#shared.hold(lost)
    this.#opening ??= this.#openShared()
    return this.#opening.then((lease) => lease.hold(lost))
  }

  /**
   * The same with a lease for one will: if the outcome of its write is unknown, the lease ends, and
   * with it what may have been written.
   */
  async own(lost: () => void): Promise<LeaseHold> {
    const lease = await this.#open()
    this.#own.add(lease)
    const hold = lease.hold(lost)
    return {
      name: lease.name,
      get isValid() {
        return hold.isValid
      },
      release: () => {
        this.#own.delete(lease)
        lease.close()
      },
    }
  }

  /** Renews no lease any longer: other relays write their wills. */
  close(): void {
    this.#isClosed = true
    this.#shared?.close()
    for (const lease of this.#own) lease.close()
  }

  async #openShared(): Promise<WillLease> {
    try {
      this.#shared = await this.#open()
      return this.#shared
    } finally {
      this.#opening = undefined
    }
  }

  /** Each has a new name: what was written under a lost one must not be kept alive. */
  async #open(): Promise<WillLease> {
    const lease = await WillLease.open(this.#ports, `${this.#ports.relay}.${++this.#count}`)
    if (this.#isClosed) lease.close()
    return lease
  }
}
