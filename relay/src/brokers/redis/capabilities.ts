import { WildcastError } from '@wildcast/protocol'
import type { Features } from '../../core/broker.js'
import { everyFeature } from '../every-feature.js'
import { keepsNoValues } from '../keeps-no-values.js'
import { noRules } from '../no-rules.js'
import type { RedisClient } from './client.js'
import { isRefusal } from './failures.js'
import { leaveScript, renewScript } from './group-commands.js'
import type { Keys } from './keys.js'
import { acquireScript, releaseScript } from './leases.js'
import { luaIsReplica } from './lua.js'
import { publishScript } from './redis-publisher.js'
import { type Script, Scripts, script } from './scripts.js'
import { isOlder } from './server-info.js'

/** Whether relays can store groups and leases at a Redis: true, or the reason why not. */
export type StorageSupport = true | string

export const replicaReason = 'the server is a read-only replica; name its master in "url"'

const shardedReason = 'its channels are sharded, so that no subscription spans several; leave out "sharded"'

/** The first version that has `XADD NOMKSTREAM` and `HRANDFIELD`. */
const oldestVersion = '6.2'

/** Fails with `READONLY` at a replica. KEYS: registry. */
const masterScript: Script = script(`${luaIsReplica}
if isReplica(KEYS[1]) then return replica end
return 1
`)

const allScripts = [publishScript, masterScript, renewScript, leaveScript, acquireScript, releaseScript]

/** The features of a broker over Redis. */
export function redisFeatures({
  sharded,
  storage,
  values,
  hasRules,
}: {
  readonly sharded: boolean
  readonly storage: StorageSupport
  readonly values: true | string
  readonly hasRules: boolean
}): Features {
  const canKeep = sharded ? shardedReason : values
  return {
    queue: sharded ? shardedReason : storage,
    request: sharded ? shardedReason : true,
    serve: sharded ? shardedReason : storage,
    response_subject: 'Redis carries a payload and nothing else; ask with a request',
    headers: 'Redis carries a payload and nothing else; put it into the payload',
    wildcard: 'Redis publishes to one channel at a time',
    ...(canKeep === true
      ? { retained: true, conditional: true, ttl: true, presence: everyFeature.presence }
      : keepsNoValues(canKeep)),
    history: hasRules ? canKeep : noRules,
  }
}

/** Finds out whether a server can store groups and leases. Caches our scripts there if it can. */
export async function storageSupportOf(
  { redis, info }: RedisClient,
  { registry }: Keys,
  cluster: boolean,
): Promise<StorageSupport> {
  if (info.cluster && !cluster) return 'the server is a node of a cluster; name its nodes in "cluster"'
  if (info.replica) return replicaReason
  if (isOlder(info.version, oldestVersion))
    return `the server is Redis ${info.version}; update it to ${oldestVersion} or later`
  try {
    const scripts = new Scripts(redis)
    await scripts.load(allScripts)
    await Promise.all([redis.exists(registry), scripts.run(masterScript, [registry], [])])
    return true
  } catch (cause) {
    if (isRefusal(cause, 'READONLY')) return replicaReason
    if (isRefusal(cause, 'NOPERM')) return "the relay's user at Redis may not run scripts on our keys; look at its ACL"
    throw cause
  }
}

/**
 * Checks that a server is still the master or the replica that it was when the connection began.
 * @throws {WildcastError} `broker_down` if a replica has become a master. A master that has become
 * a replica rejects with its own `READONLY`.
 */
export async function checkRole(storage: StorageSupport, scripts: Scripts, { registry }: Keys): Promise<void> {
  if (storage === true) await scripts.run(masterScript, [registry], [])
  if (storage !== replicaReason) return
  const isMaster = scripts.run(masterScript, [registry], []).then(
    () => true,
    () => false, // still a replica, or the connection has ended, which it reports itself
  )
  if (await isMaster) throw new WildcastError('broker_down', 'the server has become a master')
}
