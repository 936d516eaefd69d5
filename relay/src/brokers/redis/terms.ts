/**
 * For how long a relay's word holds at Redis. All by the clock of Redis, so that relays need not
 * agree on the time.
 */
export interface Terms {
  /**
   * Who has not renewed a lease for so long is gone: its subject is free, and what its members held
   * is handed to others.
   */
  readonly leaseMs: number
  readonly renewEveryMs: number
  /** How long a group is kept, with what waits in it, after its last member was there. */
  readonly keepMs: number
}

export const usualTerms: Terms = { leaseMs: 15_000, renewEveryMs: 5000, keepMs: 10 * 60_000 }
