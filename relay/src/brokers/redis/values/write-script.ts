import { luaSend } from '../lua-groups.js'
import { type Script, script } from '../scripts.js'
import { headLength, luaRecord, luaTerm } from './lua-values.js'

/**
 * Whether the condition of a write is met: `=<revision>`, `=` if there must be no value,
 * `~<revision>` for a will, or `!<revision>` for a value that has expired.
 */
const luaCondition = `
local function isMet(condition, present, stored)
  if condition == '' then return true end
  local revision = string.sub(condition, 2)
  if string.sub(condition, 1, 1) == '!' then return stored == revision end
  return present == revision
end
`

/** The sorted sets and wills that belong to a record. */
const luaIndex = `
local function index(values, subject, change, ttl, now, hadTtl)
  if change == 'new' then redis.call('ZADD', values .. ':names', 0, subject) end
  if change == 'deleted' then redis.call('ZREM', values .. ':names', subject) end
  if ttl ~= '' then
    redis.call('ZADD', values .. ':expiry', now + ttl, subject)
  elseif hadTtl then
    redis.call('ZREM', values .. ':expiry', subject)
  end
end
local function removeWill(values, subject, will)
  local lease = string.sub(will, 1, string.find(will, '\\n', 1, true) - 1)
  redis.call('HDEL', values .. ':wills', subject)
  redis.call('ZREM', values .. ':will-names', lease .. ' ' .. subject)
end
local function addWill(values, subject, lease, will, now)
  redis.call('HSET', values .. ':wills', subject, will)
  redis.call('ZADD', values .. ':will-names', 0, lease .. ' ' .. subject)
  redis.call('ZADD', values .. ':leases', 'NX', now, lease)
end
`

/**
 * Writes a value, or deletes it if the payload is empty, and publishes the change: all or nothing.
 * Replies `written <revision>`, `echoed <revision>` if the relay's echo channel gets the revision
 * after the change, `refused <present revision>`, or `unchanged`. Refuses what is beyond a limit
 * with `FULL`. KEYS: values, registry. ARGV: see `WriteCommand`.
 */
export const writeScript: Script = script(`${luaSend}${luaRecord}${luaTerm}${luaCondition}${luaIndex}
local values = KEYS[1]
local subject, channel, marks, payload, digest, about, condition, ttl, lease, will, echo, run, newest,
  mostValues, mostBytes, streams, wakes, longest = unpack(ARGV)
local found = redis.call('HMGET', values, ' term', ' count', ' bytes', subject)
local term, count, bytes, old = found[1], tonumber(found[2] or 0), tonumber(found[3] or 0), found[4]
local stored, expires, now = old and string.sub(old, 1, 20) or '', old and expiresOf(old) or 0, 0
if expires > 0 or ttl ~= '' or lease ~= '' then now = milliseconds() end
local present = (expires > 0 and expires <= now) and '' or stored
if not isMet(condition, present, stored) then return 'refused ' .. present end
local due = string.sub(condition, 1, 1)
if payload == '' and present == '' and due ~= '!' then return 'unchanged' end
-- Changes nothing. Redis refuses a script that begins with a write that needs memory if it has none
-- left, but not one that begins with a deletion: a will must be written.
if due == '~' then redis.call('HDEL', values, ' ') end
local oldWill = old and string.sub(old, 34, 34) == 'w' and redis.call('HGET', values .. ':wills', subject)
local before = bytes
if old then bytes = bytes - #subject - #old - #(oldWill or '') end
if payload == '' then
  -- This comes first, so that values can be deleted when the memory of Redis is full.
  redis.call('HDEL', values, subject)
else
  bytes = bytes + #subject + ${headLength} + #about + 1 + #payload + #will
  if bytes > tonumber(mostBytes) and bytes > before then return redis.error_reply('FULL bytes') end
  if not old and redis.call('HLEN', values) - 3 >= tonumber(mostValues) then return redis.error_reply('FULL values') end
end
if not term or string.sub(term, 1, #run) ~= run then
  term, count = beginTerm(values, term, count, run, newest), 0
end
count = count + 1
local revision = string.sub(term, -10) .. '-' .. fixed(count, 9)
if payload == '' then
  redis.call('HSET', values, ' count', count, ' bytes', bytes)
else
  local record = revision .. string.format('%013.0f', ttl == '' and 0 or now + ttl) ..
    (will == '' and '-' or 'w') .. about .. '\\n' .. payload
  redis.call('HSET', values, ' count', count, ' bytes', bytes, subject, record)
end
local mark = revision .. digest .. about
local added, clients = addToGroups(KEYS[2], subject, payload, streams, longest, mark)
if added then clients = send(added, streams, wakes, channel, payload, marks, mark) end
if type(clients) == 'table' then
  if old then redis.call('HSET', values, subject, old) else redis.call('HDEL', values, subject) end
  redis.call('HSET', values, ' bytes', before)
  return clients
end
if oldWill then removeWill(values, subject, oldWill) end
index(values, subject, payload == '' and 'deleted' or not old and 'new', ttl, now, expires > 0)
if lease ~= '' then addWill(values, subject, lease, will, now) end
if clients == 0 then return 'written ' .. revision end
redis.pcall('PUBLISH', echo, revision)
return 'echoed ' .. revision
`)
