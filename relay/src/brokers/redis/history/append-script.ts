import { luaText } from '../lua.js'
import { luaSend } from '../lua-groups.js'
import { aboutHeadLength, luaKeep } from '../lua-history.js'
import { luaKeys } from '../lua-keys.js'
import { longestStream } from '../redis-publisher.js'
import { type Script, script } from '../scripts.js'
import { luaAfter, luaIsOf, luaTerm, luaTime } from '../values/lua-values.js'
import type { WriteScriptOptions } from '../values/write-script.js'

/**
 * Returns the script that keeps messages and publishes them: all or nothing of each. It replies
 * what the echo channel gets after the messages, or an empty text, then for each message the reply
 * of a value's write, or its failure. KEYS: values, registry, history. ARGV: the server, see
 * `luaTerm`; the echo channel; the number of arguments of each message; then these, see
 * `appendArguments`.
 */
export function appendScript({ prefix, keys, marks, limits }: WriteScriptOptions): Script {
  const texts = [prefix, marks.begin, keys.streamPrefix, keys.wakePrefix]
  const constants = `
local prefix, marks, streams, wakes = ${texts.map(luaText).join(', ')}
local mostBytes, longest = ${limits.bytes}, ${longestStream}
`
  return script(`${luaSend}${luaTime}${luaKeys}${luaTerm}${luaIsOf}${luaAfter}${luaKeep}${constants}${body}`)
}

// A message whose keys are damaged must not harm the others of its call, so each is tried alone.
const body = `
local values, registry, history, server, echo = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local width, subjects, number = tonumber(ARGV[3]), {}, 0
for at = 4, #ARGV, width do
  number = number + 1
  subjects[number] = ARGV[at]
end
subjects[number + 1] = '*'
local groups = redis.call('HMGET', registry, unpack(subjects))
local found, now = redis.call('HMGET', values, ' term', ' count', ' bytes'), milliseconds()
local term, count, bytes = found[1], found[2], tonumber(found[3] or 0)
local time = string.format('%013.0f', now)
local begin, beginOfId, counted, newest
local logs, index, none, replies = {}, {}, {}, { '' }
local function nextNumber()
  if not begin then
    if not isOf(term, server) then term, count = beginTerm(values, term, count, server), '000000000' end
    begin, counted = string.sub(term, -10) .. '-', tonumber(count, 36)
    beginOfId = string.format('%.0f-', tonumber(string.sub(term, -10), 36))
  end
  count, counted = after(count), counted + 1
  return begin .. count, beginOfId .. string.format('%.0f', counted)
end
local function hasRoom(log, size)
  bytes = bytes - trim(log, 0)
  log.slack = 0
  local replaced = sizeOf(log.subject, replacedBy(log))
  return bytes - replaced + size <= mostBytes or size <= replaced
end
local function append(i, subject, payload, digest, about, rule, channel, key, fingerprint)
  local earlier = key and key ~= '' and repeated(values, key, fingerprint)
  if earlier then return earlier end
  local log, size = logs[subject], #subject + ${aboutHeadLength} + #about + #payload
  if not log then
    log = logOf(history, subject, rule)
    log.channel = (not channel or channel == '') and prefix .. subject or channel
    log.marks = marks .. string.sub(log.channel, #prefix + 1)
    logs[subject] = log
  end
  if bytes + size > mostBytes and not hasRoom(log, size) then return redis.error_reply('FULL bytes') end
  local position, id = nextNumber()
  local failure = keep(log, id, now, position .. time .. string.sub(digest, 1, 1) .. about, payload)
  if failure then return failure end
  local mark, copies, clients = position .. digest .. about, none, nil
  if groups[i] or groups[number + 1] then
    local lines = { groups[i], groups[number + 1] }
    copies, clients = addToGroups(registry, subject, payload, streams, longest, mark, lines)
  end
  if copies then clients = send(copies, streams, wakes, log.channel, payload, log.marks, mark) end
  if type(clients) == 'table' then
    removeKept(log, id)
    return clients
  end
  index[#index + 1] = 0
  index[#index + 1] = position .. ' ' .. subject
  bytes, log.grown = bytes + size, true
  if key and key ~= '' then remember(values, key, fingerprint, position) end
  if clients > 0 then newest = position end
  return 'written ' .. position
end
for i = 1, number do
  local at = 4 + (i - 1) * width
  local isOk, reply = pcall(append, i, unpack(ARGV, at, at + width - 1))
  replies[i + 1] = (isOk or type(reply) == 'table') and reply or redis.error_reply(reply)
end
if count ~= found[2] or bytes ~= tonumber(found[3] or 0) then
  redis.call('HSET', values, ' count', count, ' bytes', bytes)
end
if #index > 0 then redis.call('ZADD', history .. ':index', unpack(index)) end
local freed = 0
for _, log in pairs(logs) do
  if log.grown then freed = freed + trim(log, log.slack) end
end
if freed > 0 then redis.call('HINCRBY', values, ' bytes', -freed) end
if newest and type(redis.pcall('PUBLISH', echo, newest)) ~= 'table' then replies[1] = newest end
return replies
`
