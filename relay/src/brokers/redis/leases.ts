import { type Script, script } from './scripts.js'

/**
 * How long the leases of relays last. Redis measures all times, so the clocks of relays need not
 * agree.
 */
export interface LeaseTimes {
  /**
   * A lease that is not renewed for this long expires: its subject is free, and the pending entries
   * of its consumer go to others.
   */
  readonly leaseMs: number
  readonly renewEveryMs: number
  /** How long a group is kept, with its messages, after its last consumer was there. */
  readonly keepMs: number
}

export const defaultLeaseTimes: LeaseTimes = { leaseMs: 15_000, renewEveryMs: 5000, keepMs: 10 * 60_000 }

/** Acquires or renews a lease. Replies 0 if another owner has it. KEYS: lease. ARGV: owner, ms. */
export const acquireScript: Script = script(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

/** Releases a lease if it is the owner's. KEYS: lease. ARGV: owner. */
export const releaseScript: Script = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)
