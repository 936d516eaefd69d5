import { mastery } from './role.js'
import { type Script, script } from './script.js'

// The groups of all relays stand in one hash, a line "<pattern> <group>" each: under the subject
// where the pattern is one, else under "*", which no subject is. So one look finds all that a
// subject may concern. Each group has a stream, and a sorted set of its members by the end of their
// leases. The keys end by themselves some time after the last member was there.

/**
 * Splits texts, and keeps the lines of a field. Without Lua's own patterns: what clients say never
 * becomes one.
 */
const lines = `
local function split(text, by)
  local parts, from = {}, 1
  while true do
    local at = string.find(text, by, from, true)
    if not at then
      parts[#parts + 1] = string.sub(text, from)
      return parts
    end
    parts[#parts + 1] = string.sub(text, from, at - 1)
    from = at + 1
  end
end
local function forget(registry, field, line)
  local kept = {}
  for _, other in ipairs(split(redis.call('HGET', registry, field) or '', '\\n')) do
    if other ~= line and other ~= '' then kept[#kept + 1] = other end
  end
  if #kept > 0 then
    redis.call('HSET', registry, field, table.concat(kept, '\\n'))
  else
    redis.call('HDEL', registry, field)
  end
end
`

/**
 * Whether a subject belongs to a pattern, as `matches` of the protocol decides it. What stands
 * between two `**` is looked for once, so that it takes no more than segments² steps.
 */
export const matcher = `
local function fits(pattern, first, last, subject, at)
  for i = first, last do
    local want = pattern[i]
    if want ~= '*' and want ~= subject[at + i - first] then return false end
  end
  return true
end
local function isReserved(first, second)
  local sign = string.sub(first, 1, 1)
  if sign == '$' or sign == '_' then return true end
  if first ~= 'request' and first ~= 'response' or second == nil then return false end
  return #second == 26 and string.find(second, '^[0-7][0-9A-HJKMNP-TV-Z]+$') ~= nil
end
local function matches(pattern, subject)
  if string.sub(pattern[1], 1, 1) == '*' and isReserved(subject[1], subject[2]) then return false end
  local head, tail
  for i, want in ipairs(pattern) do
    if want == '**' then
      head = head or i
      tail = i
    end
  end
  if not head then return #pattern == #subject and fits(pattern, 1, #pattern, subject, 1) end
  local last = #subject - (#pattern - tail)
  if head - 1 > last or not fits(pattern, 1, head - 1, subject, 1) then return false end
  if not fits(pattern, tail + 1, #pattern, subject, last + 1) then return false end
  if head == tail then return true end
  for at = head, last - (tail - head - 1) + 1 do
    if fits(pattern, head + 1, tail - 1, subject, at) then return true end
  end
  return false
end
`

/** For tests: which of the pattern-subject pairs match. */
export const matchScript: Script = script(`${lines}${matcher}
local found = {}
for i = 1, #ARGV, 2 do
  found[#found + 1] = matches(split(ARGV[i], '.'), split(ARGV[i + 1], '.')) and 1 or 0
end
return found
`)

/**
 * Publishes, and puts a copy into the stream of each group that the subject belongs to; all of it
 * or nothing. Answers how many clients heard it, and how many groups got it. KEYS: registry. ARGV:
 * subject, channel, payload, how stream keys begin, how channels that wake begin, longest stream.
 */
export const publishScript: Script = script(`${lines}${matcher}${mastery}
local subject, channel, payload, queue, wake, longest = unpack(ARGV)
local found = redis.call('HMGET', KEYS[1], subject, '*')
local fed = {}
local function feed(field, line)
  local id = redis.call('XADD', queue .. line, 'NOMKSTREAM', 'MAXLEN', '~', longest, '*', 'subject', subject, 'payload', payload)
  if id then fed[#fed + 1] = { line, id } else forget(KEYS[1], field, line) end
end
if found[1] then
  for _, line in ipairs(split(found[1], '\\n')) do feed(subject, line) end
end
if found[2] then
  local segments = split(subject, '.')
  for _, line in ipairs(split(found[2], '\\n')) do
    if matches(split(split(line, ' ')[1], '.'), segments) then feed('*', line) end
  end
end
-- What has fed a group is a master. Tried before, Redis would look no more whether its memory is full.
if #fed == 0 and isReplica(KEYS[1]) then return replica end
local heard = redis.pcall('PUBLISH', channel, payload)
if type(heard) == 'table' then
  for _, one in ipairs(fed) do redis.call('XDEL', queue .. one[1], one[2]) end
  return heard
end
for _, one in ipairs(fed) do redis.pcall('PUBLISH', wake .. one[1], 'new') end
return { heard, #fed }
`)

/**
 * A member stays in its group, or joins: makes the group where it is not there, renews the member's
 * lease, and takes over what those hold who are gone: answers these entries. KEYS: registry,
 * stream, members. ARGV: field, line, group, member, lease and stay of the keys in ms, most groups
 * of a field, most bytes of their lines, room.
 */
export const stayScript: Script = script(`${lines}
local registry, stream, members = unpack(KEYS)
local field, line, group, member, lease, keep, most, longest, room = unpack(ARGV)
room = tonumber(room)
-- Groups that nobody publishes to any more are forgotten a few at a time.
for _, other in ipairs(redis.call('HRANDFIELD', registry, 4)) do
  for _, stale in ipairs(split(redis.call('HGET', registry, other), '\\n')) do
    if stale ~= line and redis.call('EXISTS', string.sub(stream, 1, #stream - #line) .. stale) == 0 then forget(registry, other, stale) end
  end
end
local listed, known = redis.call('HGET', registry, field), false
local all = listed and split(listed, '\\n') or {}
for _, other in ipairs(all) do known = known or other == line end
if not known then
  if #all >= tonumber(most) or listed and #listed + #line >= tonumber(longest) then return redis.error_reply('FULL too many groups') end
  all[#all + 1] = line
  redis.call('HSET', registry, field, table.concat(all, '\\n'))
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, group)
if consumers.err then
  redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
  consumers = {}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
redis.call('ZADD', members, now + lease, member)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
local taken = {}
for _, consumer in ipairs(consumers) do
  local name, pending = consumer[2], consumer[4]
  if not redis.call('ZSCORE', members, name) then
    if pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
    elseif room > 0 then
      local ids, there = {}, {}
      for _, entry in ipairs(redis.call('XPENDING', stream, group, '-', '+', room, name)) do ids[#ids + 1] = entry[1] end
      for _, entry in ipairs(redis.call('XCLAIM', stream, group, member, 0, unpack(ids))) do
        if entry then
          taken[#taken + 1] = entry
          there[entry[1]] = true
        end
      end
      for _, id in ipairs(ids) do
        if not there[id] then redis.call('XACK', stream, group, id) end
      end
      room = room - #ids
    end
  end
end
return taken
`)

/**
 * A member leaves. What it still holds is the others'. KEYS: stream, members. ARGV: group, member,
 * stay of the keys in ms, the channel that wakes.
 */
export const leaveScript: Script = script(`
local stream, members = unpack(KEYS)
local group, member, keep, wake = unpack(ARGV)
redis.call('ZREM', members, member)
if redis.call('EXISTS', stream) == 0 then return 0 end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
if #redis.call('XPENDING', stream, group, '-', '+', 1, member) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', stream, group, member)
else
  redis.pcall('PUBLISH', wake, 'left')
end
return 1
`)
