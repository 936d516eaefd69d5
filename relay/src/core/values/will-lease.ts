import type { Clock } from '../clock.js'

/** How often a lease is renewed, in milliseconds. */
const renewMs = 3000

/**
 * How long a lease is trusted after its last answered renewal was sent, in milliseconds. Less than
 * `leaseMs`, after which other relays write its wills: clients learn first that they have lost.
 */
const trustedMs = 10_000

export interface WillLeasePorts {
  readonly clock: Clock
  /** See `ValueStore.renew`. */
  readonly renew: (name: string) => Promise<void>
}

/** The share of a will in a lease. */
export interface LeaseHold {
  /** The name of the lease. */
  readonly name: string
  /** Whether no other relay may have written the will. */
  readonly isValid: boolean
  /** The will is over. */
  release(): void
}

/** Keeps the wills under a name from being written by other relays, while it has holders. */
export class WillLease {
  readonly name: string
  readonly #ports: WillLeasePorts
  /** Called if the lease is lost. */
  readonly #holders: Set<() => void> = new Set()
  /** When the last answered renewal was sent. */
  #trustedSince: number
  #stopRenewal: () => void
  #stopTrust: () => void
  #isOver = false

  /**
   * Opens a lease. Resolves when the store has it.
   * @throws {WildcastError} by rejection: as `ValueStore.renew`
   */
  static async open(ports: WillLeasePorts, name: string): Promise<WillLease> {
    const sentAt = ports.clock.now()
    await ports.renew(name)
    return new WillLease(ports, name, sentAt)
  }

  private constructor(ports: WillLeasePorts, name: string, sentAt: number) {
    this.#ports = ports
    this.name = name
    this.#trustedSince = sentAt
    this.#stopRenewal = ports.clock.after(renewMs, () => this.#renew())
    this.#stopTrust = this.#watch()
  }

  /** Read from the clock: after a pause of the process, its timers are late. */
  get isValid(): boolean {
    return !this.#isOver && this.#ports.clock.now() - this.#trustedSince < trustedMs
  }

  /** Adds a will. `lost` is called once if other relays may write it. */
  hold(lost: () => void): LeaseHold {
    const lease = this
    const holder = (): void => lost()
    this.#holders.add(holder)
    return {
      name: this.name,
      get isValid() {
        return lease.isValid
      },
      release: () => this.#holders.delete(holder),
    }
  }

  /** Renews the lease no more. */
  close(): void {
    this.#isOver = true
    this.#stopRenewal()
    this.#stopTrust()
  }

  #renew(): void {
    if (this.#holders.size === 0) {
      this.close()
      return
    }
    const { clock, renew } = this.#ports
    this.#stopRenewal = clock.after(renewMs, () => this.#renew())
    const sentAt = clock.now()
    renew(this.name).then(
      () => {
        this.#trustedSince = Math.max(this.#trustedSince, sentAt)
      },
      () => {}, // the link reports its failures; unanswered renewals end the trust
    )
  }

  #watch(): () => void {
    const { clock } = this.#ports
    return clock.after(Math.max(0, this.#trustedSince + trustedMs - clock.now()), () => {
      if (this.isValid) this.#stopTrust = this.#watch()
      else this.#lose()
    })
  }

  #lose(): void {
    this.close()
    const holders = [...this.#holders]
    this.#holders.clear()
    for (const lost of holders) lost()
  }
}
