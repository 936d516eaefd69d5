import type { StoreLimits } from '../../../stores/limits.js'
import type { Keys } from '../keys.js'
import { luaText } from '../lua.js'
import { luaSend } from '../lua-groups.js'
import { aboutHeadLength, luaId, luaKeep } from '../lua-history.js'
import { luaKeys } from '../lua-keys.js'
import { longestStream } from '../redis-publisher.js'
import { type Script, script } from '../scripts.js'
import { luaCondition } from './lua-condition.js'
import { headLength, luaAfter, luaIsOf, luaRecord, luaTerm } from './lua-values.js'
import type { MarkChannels } from './mark-channels.js'

/** The parts of the script that are the same for all writes of a relay. */
export interface WriteScriptOptions {
  readonly prefix: string
  readonly keys: Pick<Keys, 'streamPrefix' | 'wakePrefix'>
  readonly marks: MarkChannels
  readonly limits: StoreLimits
}

/**
 * Returns the script that writes a value, or deletes it if the payload is empty, and publishes the
 * change: all or nothing. It replies `written <revision>`, `echoed <revision>` if the relay's echo
 * channel gets the revision after the change, `refused <present revision>`, or `unchanged`, and
 * refuses what is beyond a limit with `FULL`. If a write with its key was done before, it replies
 * `repeated <revision>`, `unchanged`, or `used` if that was another write. KEYS: values, registry,
 * history. ARGV: see `writeArguments`.
 */
export function writeScript({ prefix, keys, marks, limits }: WriteScriptOptions): Script {
  const texts = [prefix, marks.begin, keys.streamPrefix, keys.wakePrefix]
  const constants = `
local prefix, marks, streams, wakes = ${texts.map(luaText).join(', ')}
local mostValues, mostBytes, longest = ${limits.values}, ${limits.bytes}, ${longestStream}
`
  return script(luaSend + luaRecord + luaKeys + luaTerm + luaIsOf + luaCondition + luaAfter + constants + body)
}

const body = `
local values, history = KEYS[1], KEYS[3]
local subject, payload, digest, about, server, echo, condition, channel = unpack(ARGV)
local ttl, lease, will, rule, key, fingerprint = unpack(ARGV, 9)
if channel == '' then channel = prefix .. subject end
if ttl == '' then ttl = nil end
if will == '' then will = nil end
if rule == '' then rule = nil end
local earlier = key and repeated(values, key, fingerprint)
if earlier then return earlier end
local deletes, due = payload == '', string.sub(condition, 1, 1)
local found = redis.call('HMGET', values, ' term', ' count', ' bytes', subject)
local term, count, before, old = found[1], found[2], found[3] or 0, found[4]
local stored, expires, now = old and string.sub(old, 1, 20) or '', old and expiresOf(old) or 0, 0
if expires > 0 or ttl or will then now = milliseconds() end
-- The greatest time of 13 digits is in the year 2286.
local ends = (deletes or not ttl) and 0 or math.min(now + ttl, 9999999999999)
local present = (expires > 0 and expires <= now) and '' or stored
if not isMet(condition, present, stored) then return 'refused ' .. present end
if deletes and present == '' and due ~= '!' then
  if key then remember(values, key, fingerprint, '') end
  return 'unchanged'
end
-- Changes nothing. Redis refuses a script that begins with a write that needs memory if it has none
-- left, but not one that begins with a deletion: a will must be written.
if due == '~' then redis.call('HDEL', values, ' ') end
local oldWill = old and string.sub(old, 34, 34) == 'w' and redis.call('HGET', values .. ':wills', subject)
local bytes = before
if old then bytes = bytes - #subject - #old - #(oldWill or '') end
if deletes then
  -- This comes first, so that values can be deleted when the memory of Redis is full.
  redis.call('HDEL', values, subject)
else
  bytes = bytes + #subject + ${headLength} + #about + 1 + #payload + #(will or '')
  if bytes > mostBytes and bytes > tonumber(before) then return redis.error_reply('FULL bytes') end
  if not old and redis.call('HLEN', values) - 3 >= mostValues then return redis.error_reply('FULL values') end
end
if not isOf(term, server) then term, count = beginTerm(values, term, count, server), '000000000' end
count = after(count)
local revision = string.sub(term, -10) .. '-' .. count
if deletes then
  redis.call('HSET', values, ' count', count, ' bytes', bytes)
else
  redis.call('HSET', values, ' count', count, ' bytes', bytes, subject,
    revision .. string.format('%013.0f', ends) .. (will and 'w' or '-') .. about .. '\\n' .. payload)
end
local mark, markChannel = revision .. digest .. about, marks .. string.sub(channel, #prefix + 1)
local added, clients, undo, kept
if rule then
  ${luaId}${luaKeep}
  local log, id, time = logOf(history, subject, rule), idOf(revision), milliseconds()
  local head = revision .. string.format('%013.0f', time) .. string.sub(digest, 1, 1) .. about
  clients = keep(log, id, time, head, payload)
  if not clients then
    bytes = bytes + #subject + ${aboutHeadLength} + #about + #payload
    redis.call('HSET', values, ' bytes', bytes)
    undo = function() removeKept(log, id) end
    kept = function()
      redis.call('ZADD', history .. ':index', 0, revision .. ' ' .. subject)
      return trim(log, log.slack)
    end
  end
end
if not clients then added, clients = addToGroups(KEYS[2], subject, payload, streams, longest, mark) end
if added then clients = send(added, streams, wakes, channel, payload, markChannel, mark) end
if type(clients) == 'table' then
  if undo then undo() end
  if old then redis.call('HSET', values, subject, old) else redis.call('HDEL', values, subject) end
  redis.call('HSET', values, ' bytes', before)
  return clients
end
local freed = kept and kept() or 0
if freed > 0 then redis.call('HINCRBY', values, ' bytes', -freed) end
if deletes then
  redis.call('ZREM', values .. ':names', subject)
elseif not old then
  redis.call('ZADD', values .. ':names', 0, subject)
end
if ends > 0 then
  redis.call('ZADD', values .. ':expiry', ends, subject)
elseif expires > 0 then
  redis.call('ZREM', values .. ':expiry', subject)
end
if oldWill then
  local oldLease = string.sub(oldWill, 1, string.find(oldWill, '\\n', 1, true) - 1)
  redis.call('HDEL', values .. ':wills', subject)
  redis.call('ZREM', values .. ':will-names', oldLease .. ' ' .. subject)
end
if will then
  redis.call('HSET', values .. ':wills', subject, will)
  redis.call('ZADD', values .. ':will-names', 0, lease .. ' ' .. subject)
  redis.call('ZADD', values .. ':leases', 'NX', now, lease)
end
if key then remember(values, key, fingerprint, revision) end
if clients == 0 then return 'written ' .. revision end
local echoed = redis.pcall('PUBLISH', echo, revision)
return (type(echoed) == 'table' and 'written ' or 'echoed ') .. revision
`
