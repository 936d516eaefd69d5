import { WildcastError } from '@wildcast/protocol'
import type { Keeps } from './features.js'
import type { Keys } from './keys.js'
import { type Script, type Scripts, script } from './script.js'

export const replica: Keeps = 'the server is a read-only replica; name its master in "url"'

/**
 * A master that has become a replica tells its own clients only, and nobody finds out: only a write
 * does. This one changes nothing.
 */
export const mastery = `
local function isReplica(registry)
  local tried = redis.pcall('HDEL', registry, '')
  return type(tried) == 'table' and string.find(tried.err, 'READONLY', 1, true) ~= nil
end
local replica = redis.error_reply('READONLY it is a replica')
`

/** Fails with `READONLY` at a replica. KEYS: registry. */
export const masterScript: Script = script(`${mastery}
if isReplica(KEYS[1]) then return replica end
return 1
`)

/**
 * Whether a server still has the role that it had when the connection began. @throws
 * {WildcastError} `broker_down`, or what Redis says
 */
export async function sameRole(keeps: Keeps, scripts: Scripts, { registry }: Keys): Promise<void> {
  if (keeps === true) await scripts.run(masterScript, [registry], [])
  if (keeps !== replica) return
  const isMaster = scripts.run(masterScript, [registry], []).then(
    () => true,
    () => false,
  )
  if (await isMaster) throw new WildcastError('broker_down', 'the server has become a master')
}
