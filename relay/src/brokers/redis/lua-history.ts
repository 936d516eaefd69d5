// How messages are kept. The keys begin with H:
//
// H:log:<subject> stream: the messages of a subject, each with its position as its id
// H:index         sorted set: `<position> <subject>` of each message, in order
// H:names         sorted set: the subjects that have messages, in the order of their bytes
// H:due           sorted set: the subjects of rules with an age, by the time at which their oldest
//                 message may be due to be forgotten
// H:floors        hash: the positions up to which messages were forgotten: for each subject that
//                 has messages; for each rule " begin <rule>", since when it is in force,
//                 " empty <rule>", of subjects without messages, and " any <rule>", of all
//                 subjects; and " rules", the rules in their order
//
// A message has the fields "about": `<position><time, 13 digits><kind><about>`, with the kind and
// "about" of its mark; and "payload". A rule is named by its pattern.

/** The length of the first field of a message before "about". */
export const aboutHeadLength = 34

/** `idOf(position)`: the id of a message. */
export const luaId = `
local function idOf(position)
  local term, count = tonumber(string.sub(position, 1, 10), 36), tonumber(string.sub(position, 12), 36)
  return string.format('%.0f-%.0f', term, count)
end
`

/**
 * `sizeOf(subject, entries)`: the bytes of messages.
 *
 * `forgot(history, subject, pattern, entries)`: these were removed from the log of a subject.
 *
 * `emptied(history, subject, pattern)`: its log has no messages left.
 */
export const luaForgot = `
local function sizeOf(subject, entries)
  local bytes = 0
  for _, entry in ipairs(entries) do bytes = bytes + #subject + #entry[2][2] + #(entry[2][4] or '') end
  return bytes
end
local function forgot(history, subject, pattern, entries)
  local last
  for _, entry in ipairs(entries) do
    last = string.sub(entry[2][2], 1, 20)
    redis.call('ZREM', history .. ':index', last .. ' ' .. subject)
  end
  if not last then return end
  local floors, any = history .. ':floors', ' any ' .. pattern
  local floor = redis.call('HGET', floors, any)
  if floor and floor < last then
    redis.call('HSET', floors, subject, last, any, last)
  else
    redis.call('HSET', floors, subject, last)
  end
end
local function emptied(history, subject, pattern)
  local floors, empty = history .. ':floors', ' empty ' .. pattern
  local floor, before = unpack(redis.call('HMGET', floors, subject, empty))
  if floor and before and before < floor then redis.call('HSET', floors, empty, floor) end
  redis.call('DEL', history .. ':log:' .. subject)
  redis.call('HDEL', floors, subject)
  for _, name in ipairs({ ':names', ':due' }) do redis.call('ZREM', history .. name, subject) end
end
`

/**
 * Functions of scripts that keep a message. `rule` is the text of a rule: see `ruleTexts`.
 *
 * `roomFor(history, subject, rule)` returns the number of messages of the subject, and those that
 * one more replaces.
 *
 * `keep(history, subject, rule, position, about, payload, length, replaced)` keeps a message.
 * Returns the undo, or nil and the failure.
 */
export const luaKeep: string = `${luaId}${luaForgot}
local function roomFor(history, subject, rule)
  local most, log = tonumber(string.match(rule, '^%d+')), history .. ':log:' .. subject
  local length = redis.call('XLEN', log)
  if length < most then return length, {} end
  -- More than one if the rule had a greater number before.
  return length, redis.call('XRANGE', log, '-', '+', 'COUNT', math.min(length + 1 - most, 10))
end
local function keep(history, subject, rule, position, about, payload, length, replaced)
  local age, pattern = string.match(rule, '^%d+ (%d+) (.*)$')
  local log, now, id = history .. ':log:' .. subject, milliseconds(), idOf(position)
  local head = position .. string.format('%013.0f', now) .. about
  local added = redis.pcall('XADD', log, 'MAXLEN', '=', length + 1 - #replaced, id, 'about', head, 'payload', payload)
  if type(added) == 'table' then return nil, added end
  redis.call('ZADD', history .. ':index', 0, position .. ' ' .. subject)
  if length == 0 then
    redis.call('ZADD', history .. ':names', 0, subject)
    if age ~= '0' then redis.call('ZADD', history .. ':due', now + age, subject) end
    local floor = redis.call('HGET', history .. ':floors', ' empty ' .. pattern)
    if floor then redis.call('HSET', history .. ':floors', subject, floor) end
  else
    forgot(history, subject, pattern, replaced)
  end
  return function()
    redis.call('XDEL', log, id)
    redis.call('ZREM', history .. ':index', position .. ' ' .. subject)
    if redis.call('XLEN', log) > 0 then return end
    emptied(history, subject, pattern)
  end
end
`
