import { luaIsReplica, luaMatches } from '../lua.js'
import { luaId } from '../lua-history.js'
import { type Script, script } from '../scripts.js'
import { luaSplit } from '../values/read-scripts.js'

// A master that has become a replica must not give messages: some may be missing.

/**
 * `stateOf(values, history, asked, names, rules)` returns the newest position (or an empty text),
 * the count at which the asked term has ended (or an empty text), the position up to which messages
 * were forgotten, and the subjects that have messages, if they are not too many to look at. `names`
 * has the pattern, the bounds of its names and the most to look at.
 *
 * While a rule is not registered (see `openHistoryScript`), anything may be missing.
 */
const luaState = `
local function stateOf(values, history, asked, names, rules)
  local floors, pattern, low, high, looks = history .. ':floors', unpack(names)
  local found = redis.call('HMGET', values, ' term', ' count')
  if not found[1] then return '', '', '', {} end
  local term = string.sub(found[1], -10)
  local newest = term .. '-' .. found[2]
  local ended = term == asked and found[2] or redis.call('HGET', values .. ':terms', asked) or ''
  local forgotten = '0000000000-000000000'
  local function raiseTo(kind)
    for _, rule in ipairs(rules) do
      local floor = redis.call('HGET', floors, kind .. rule) or newest
      if floor > forgotten then forgotten = floor end
    end
  end
  raiseTo(' begin ')
  local all, parts, subjects = redis.call('ZRANGEBYLEX', history .. ':names', low, high, 'LIMIT', 0, looks + 1), nil, {}
  if #all > tonumber(looks) then
    raiseTo(' any ')
    return newest, ended, forgotten, nil
  end
  parts = split(pattern)
  for _, subject in ipairs(all) do
    if matches(parts, split(subject)) then subjects[#subjects + 1] = subject end
  end
  if low ~= high or #subjects == 0 then raiseTo(' empty ') end
  if #subjects == 0 then return newest, ended, forgotten, subjects end
  for _, floor in ipairs(redis.call('HMGET', floors, unpack(subjects))) do
    if floor and floor > forgotten then forgotten = floor end
  end
  return newest, ended, forgotten, subjects
end
`

const luaBegin: string = `${luaMatches}${luaIsReplica}${luaSplit}${luaState}
if isReplica(KEYS[2]) then return replica end
local values, history, asked, rules = KEYS[1], KEYS[3], ARGV[1], {}
for rule in string.gmatch(ARGV[2], '[^\\n]+') do rules[#rules + 1] = rule end
local newest, ended, forgotten, subjects = stateOf(values, history, asked, { unpack(ARGV, 3, 6) }, rules)
`

/**
 * Replies the state of a pattern: see `stateOf`. KEYS: values, registry, history. ARGV: the asked
 * term, the rules that touch the pattern, the pattern, its lowest and highest name (as of
 * `ZRANGEBYLEX`), most names to look at.
 */
export const stateScript: Script = script(`${luaBegin}
return { newest, ended, forgotten }
`)

/**
 * Replies the state of a pattern, as the script above, then the position at which the next page
 * begins (empty on the last one), then for each message its subject, "about" and payload. KEYS and
 * the first ARGV: those of the script above. Then ARGV: the bounds as positions, each may be empty,
 * whether to read from the newest, most messages, bytes and messages to look at, most subjects
 * whose logs are joined.
 *
 * A few logs are joined. Otherwise the index has all messages in order, also those of other
 * subjects.
 */
export const historyPageScript: Script = script(`${luaId}${luaBegin}
local after, before, reverse, most, bytes, looks, joined = unpack(ARGV, 7)
reverse, most, bytes, looks = reverse == '1', tonumber(most), tonumber(bytes), tonumber(looks)
local reply, messages, last = { newest, ended, forgotten, '' }, 0, nil
local function isFull() return messages >= most or bytes <= 0 end
local function add(subject, entry)
  reply[#reply + 1] = subject
  reply[#reply + 1] = entry[2][2]
  reply[#reply + 1] = entry[2][4]
  messages = messages + 1
  bytes = bytes - #entry[2][4]
end
local function join()
  local from, to = after == '' and '-' or '(' .. idOf(after), before == '' and '+' or '(' .. idOf(before)
  if to == '(0-0' then to = '0-0' end -- Redis has nothing before it, and no entry with it
  local chunk, heads = #subjects == 1 and 8 or 1, {}
  local function refill(subject, from, to)
    local log, entries = history .. ':log:' .. subject, nil
    if reverse then
      entries = redis.call('XREVRANGE', log, to, from, 'COUNT', chunk)
    else
      entries = redis.call('XRANGE', log, from, to, 'COUNT', chunk)
    end
    if #entries > 0 then return { subject = subject, entries = entries, at = 1 } end
  end
  for _, subject in ipairs(subjects) do heads[#heads + 1] = refill(subject, from, to) end
  while #heads > 0 do
    local best, first
    for i, head in ipairs(heads) do
      local about = head.entries[head.at][2][2]
      if not first or (about < first) ~= reverse then best, first = i, about end
    end
    if isFull() then
      reply[4] = last or ''
      return
    end
    local head = heads[best]
    local entry = head.entries[head.at]
    add(head.subject, entry)
    last = string.sub(entry[2][2], 1, 20)
    head.at = head.at + 1
    if head.at > #head.entries then
      local beyond = '(' .. entry[1]
      head = refill(head.subject, reverse and from or beyond, reverse and beyond or to)
      if head then heads[best] = head else table.remove(heads, best) end
    end
  end
end
local function search()
  -- "!" comes after the space that follows a position.
  local from, to = after == '' and '-' or '[' .. after .. '!', before == '' and '+' or '(' .. before
  local found
  if reverse then
    found = redis.call('ZREVRANGEBYLEX', history .. ':index', to, from, 'LIMIT', 0, looks + 1)
  else
    found = redis.call('ZRANGEBYLEX', history .. ':index', from, to, 'LIMIT', 0, looks + 1)
  end
  local parts = split(ARGV[3])
  for i, name in ipairs(found) do
    if i > looks or isFull() then
      reply[4] = last or ''
      return
    end
    local subject = string.sub(name, 22)
    last = string.sub(name, 1, 20)
    if matches(parts, split(subject)) then
      local id = idOf(last)
      local entry = redis.call('XRANGE', history .. ':log:' .. subject, id, id)[1]
      if entry then add(subject, entry) end
    end
  end
end
if newest == '' then return reply end
if subjects and #subjects <= tonumber(joined) then join() else search() end
return reply
`)
