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

const mostSlack = 64
/** The most messages that are trimmed at once. */
const mostTrimmed = 256

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
  if #entries == 0 then return end
  local last, names = nil, {}
  for i, entry in ipairs(entries) do
    last = string.sub(entry[2][2], 1, 20)
    names[i] = last .. ' ' .. subject
  end
  redis.call('ZREM', history .. ':index', unpack(names))
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
 * Functions of scripts that keep a message.
 *
 * `logOf(history, subject, text)`: the log of a subject. `text` is that of its rule: see
 * `ruleTexts`. Its slack is how many messages beyond the rule may be there until `forget`: to trim
 * some at once costs a part of trimming each alone.
 *
 * `keep(log, id, now, head, payload)` adds a message. Returns nothing, or the failure.
 *
 * `removeKept(log, id)` undoes that.
 *
 * `trim(log, slack)` forgets messages beyond the rule, if these are more than `slack`. Returns
 * their bytes.
 *
 * `replacedBy(log)`: the messages that one more replaces, after a trim.
 */
export const luaKeep: string = `${luaForgot}
local function logOf(history, subject, text)
  local most, age, pattern = string.match(text, '^(%d+) (%d+) (.*)$')
  return { history = history, subject = subject, key = history .. ':log:' .. subject, most = tonumber(most),
    age = tonumber(age), pattern = pattern, slack = math.min(${mostSlack}, math.floor(most / 8)) }
end
local function keep(log, id, now, head, payload)
  local added = redis.pcall('XADD', log.key, 'NOMKSTREAM', id, 'about', head, 'payload', payload)
  if added then return type(added) == 'table' and added or nil end
  added = redis.pcall('XADD', log.key, id, 'about', head, 'payload', payload)
  if type(added) == 'table' then return added end
  local history, subject = log.history, log.subject
  redis.call('ZADD', history .. ':names', 0, subject)
  if log.age > 0 then redis.call('ZADD', history .. ':due', now + log.age, subject) end
  local floor = redis.call('HGET', history .. ':floors', ' empty ' .. log.pattern)
  if floor then redis.call('HSET', history .. ':floors', subject, floor) end
end
local function removeKept(log, id)
  redis.call('XDEL', log.key, id)
  if redis.call('XLEN', log.key) == 0 then emptied(log.history, log.subject, log.pattern) end
end
local function trim(log, slack)
  local length = redis.call('XLEN', log.key)
  if length <= log.most + slack then return 0 end
  local entries = redis.call('XRANGE', log.key, '-', '+', 'COUNT', math.min(length - log.most, ${mostTrimmed}))
  redis.call('XTRIM', log.key, 'MAXLEN', '=', length - #entries)
  forgot(log.history, log.subject, log.pattern, entries)
  return sizeOf(log.subject, entries)
end
local function replacedBy(log)
  if redis.call('XLEN', log.key) < log.most then return {} end
  return redis.call('XRANGE', log.key, '-', '+', 'COUNT', 1)
end
`
