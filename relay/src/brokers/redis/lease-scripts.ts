import { type Script, script } from './script.js'

/** Takes a lease, or renews it; answers 0 where it is another's. KEYS: lease. ARGV: owner, ms. */
export const claimScript: Script = script(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`)

/** Gives a lease back, where it is the owner's. KEYS: lease. ARGV: owner. */
export const releaseScript: Script = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`)
