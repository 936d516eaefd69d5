import { luaForgot } from '../lua-history.js'
import { type Script, script } from '../scripts.js'
import { luaTime } from '../values/lua-values.js'

/**
 * Registers the rules of a relay. A new rule is in force from the newest number on: earlier
 * messages were not kept, unless the store is new. If the list has changed, another rule may name a
 * subject whose messages were forgotten, so all floors of rules rise to the greatest one. KEYS:
 * values, history. ARGV: the rules, the newest term that the relay has seen.
 */
export const openHistoryScript: Script = script(`
local values, floors = KEYS[1], KEYS[2] .. ':floors'
-- Changes nothing: see the script that opens the values.
if type(redis.pcall('HDEL', values, ' ')) == 'table' then return 0 end
local list = redis.call('HGET', floors, ' rules') or ''
if list == ARGV[1] then return 0 end
local zero, found = '0000000000-000000000', redis.call('HMGET', values, ' term', ' count')
local newest = found[1] and string.sub(found[1], -10) .. '-' .. found[2] or zero
local isNew = found[2] == '000000000' and redis.call('EXISTS', values .. ':terms') == 0
if isNew and (ARGV[2] == '' or ARGV[2] == string.sub(found[1], -10)) then newest = zero end
local before, most = {}, zero
for rule in string.gmatch(list, '[^\\n]+') do
  local any = redis.call('HGET', floors, ' any ' .. rule) or newest
  before[rule] = true
  if any > most then most = any end
end
for rule in string.gmatch(ARGV[1], '[^\\n]+') do
  if before[rule] then
    redis.call('HSET', floors, ' empty ' .. rule, most, ' any ' .. rule, most)
  else
    redis.call('HSET', floors, ' begin ' .. rule, newest, ' empty ' .. rule, newest, ' any ' .. rule, newest)
  end
  before[rule] = nil
end
for rule in pairs(before) do
  redis.call('HDEL', floors, ' begin ' .. rule, ' empty ' .. rule, ' any ' .. rule)
end
redis.call('HSET', floors, ' rules', ARGV[1])
return 1
`)

/**
 * Replies the present term, the subjects that may have messages to forget, and some of all subjects
 * in order. KEYS: values, registry, history. ARGV: the most of each; the subjects to begin with, as
 * of `ZRANGEBYLEX`, or an empty text for none.
 */
export const dueHistoryScript: Script = script(`${luaTime}
local values, _, history = unpack(KEYS)
local most, from = unpack(ARGV)
local term = redis.call('HGET', values, ' term')
local due = redis.call('ZRANGEBYSCORE', history .. ':due', '-inf', milliseconds(), 'LIMIT', 0, most)
local others = from == '' and {} or redis.call('ZRANGEBYLEX', history .. ':names', from, '+', 'LIMIT', 0, most)
return { term and string.sub(term, -10) or '', due, others }
`)

/**
 * Forgets messages of some subjects that are past their age, or too many. Replies their number.
 * KEYS: values, registry, history. ARGV: most messages and bytes to remove, then subjects and the
 * texts of their rules by turns. A subject without a rule is not looked at again.
 */
export const forgetScript: Script = script(`${luaTime}${luaForgot}
local values, _, history = unpack(KEYS)
local looks, bytes, now, removed = tonumber(ARGV[1]), tonumber(ARGV[2]), milliseconds(), 0
-- Changes nothing, so that messages are forgotten if the memory of Redis is full.
redis.call('HDEL', values, ' ')
local function forget(subject, most, age, pattern)
  local log, gone = history .. ':log:' .. subject, {}
  local length, oldest = redis.call('XLEN', log), redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  local function due() return string.sub(oldest[2][2], 21, 33) + age end
  while oldest and looks > 0 and bytes > 0 and (length - #gone > most or age > 0 and due() <= now) do
    gone[#gone + 1] = oldest
    looks, bytes = looks - 1, bytes - #oldest[2][4]
    oldest = redis.call('XRANGE', log, '(' .. oldest[1], '+', 'COUNT', 1)[1]
  end
  if #gone > 0 then
    redis.call('XTRIM', log, 'MAXLEN', '=', length - #gone)
    redis.call('HINCRBY', values, ' bytes', -sizeOf(subject, gone))
    forgot(history, subject, pattern, gone)
    removed = removed + #gone
  end
  if not oldest then
    emptied(history, subject, pattern)
  elseif age > 0 then
    redis.call('ZADD', history .. ':due', due(), subject)
  else
    redis.call('ZREM', history .. ':due', subject)
  end
end
for i = 3, #ARGV, 2 do
  local most, age, pattern = string.match(ARGV[i + 1], '^(%d+) (%d+) (.*)$')
  if most then
    forget(ARGV[i], tonumber(most), tonumber(age), pattern)
  else
    redis.call('ZREM', history .. ':due', ARGV[i])
  end
end
return removed
`)
