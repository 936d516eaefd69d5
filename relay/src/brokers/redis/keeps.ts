import type { RedisClient } from './client.js'
import { isRefusal } from './failures.js'
import type { Keeps } from './features.js'
import type { Keys } from './keys.js'
import { claimScript, releaseScript } from './lease-scripts.js'
import { leaveScript, publishScript, stayScript } from './queue-scripts.js'
import { masterScript, replica } from './role.js'
import { Scripts } from './script.js'
import { isOlder } from './server-info.js'

/** Consumer groups that give back what they hold, and random fields of a hash. */
const oldest = '6.2'

/**
 * Makes our scripts known to a server that can keep something for relays; otherwise says why it
 * can't.
 */
export async function keepsOf({ redis, info }: RedisClient, keys: Keys, cluster: boolean): Promise<Keeps> {
  if (info.cluster && !cluster) return 'the server is a node of a cluster; name its nodes in "cluster"'
  if (info.replica) return replica
  if (isOlder(info.version, oldest)) return `the server is Redis ${info.version}; it takes ${oldest}`
  try {
    const scripts = new Scripts(redis)
    await scripts.load([publishScript, masterScript, stayScript, leaveScript, claimScript, releaseScript])
    await Promise.all([redis.exists(keys.registry), scripts.run(masterScript, [keys.registry], [])])
    return true
  } catch (cause) {
    if (isRefusal(cause, 'READONLY')) return replica
    if (isRefusal(cause, 'NOPERM')) return "the relay's user at Redis may not run scripts on our keys; look at its ACL"
    throw cause
  }
}
