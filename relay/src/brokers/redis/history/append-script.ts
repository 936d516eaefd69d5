import { luaText } from '../lua.js'
import { luaSend } from '../lua-groups.js'
import { aboutHeadLength, luaKeep } from '../lua-history.js'
import { luaKeys } from '../lua-keys.js'
import { longestStream } from '../redis-publisher.js'
import { type Script, script } from '../scripts.js'
import { luaAfter, luaIsOf, luaTerm, luaTime } from '../values/lua-values.js'
import type { WriteScriptOptions } from '../values/write-script.js'

/**
 * Returns the script that keeps a message and publishes it: all or nothing. It replies as that of a
 * value's write. KEYS: values, registry, history. ARGV: see `appendArguments`.
 */
export function appendScript({ prefix, keys, marks, limits }: WriteScriptOptions): Script {
  const texts = [prefix, marks.begin, keys.streamPrefix, keys.wakePrefix]
  const constants = `
local prefix, marks, streams, wakes = ${texts.map(luaText).join(', ')}
local mostBytes, longest = ${limits.bytes}, ${longestStream}
`
  return script(`${luaSend}${luaTime}${luaKeys}${luaTerm}${luaIsOf}${luaAfter}${luaKeep}${constants}${body}`)
}

const body = `
local values, history = KEYS[1], KEYS[3]
local subject, payload, digest, about, server, echo, rule, channel, key, fingerprint = unpack(ARGV)
if not channel or channel == '' then channel = prefix .. subject end
local earlier = key and repeated(values, key, fingerprint)
if earlier then return earlier end
local found = redis.call('HMGET', values, ' term', ' count', ' bytes')
local term, count, before = found[1], found[2], tonumber(found[3] or 0)
local length, replaced = roomFor(history, subject, rule)
before = before - sizeOf(subject, replaced)
local bytes = before + #subject + ${aboutHeadLength} + #about + #payload
if bytes > mostBytes and bytes > tonumber(found[3] or 0) then return redis.error_reply('FULL bytes') end
if not isOf(term, server) then term, count = beginTerm(values, term, count, server), '000000000' end
count = after(count)
local position = string.sub(term, -10) .. '-' .. count
local head = string.sub(digest, 1, 1) .. about
local undo, clients = keep(history, subject, rule, position, head, payload, length, replaced)
if not undo then return clients end
redis.call('HSET', values, ' count', count, ' bytes', bytes)
local mark, added = position .. digest .. about, nil
local markChannel = marks .. string.sub(channel, #prefix + 1)
added, clients = addToGroups(KEYS[2], subject, payload, streams, longest, mark)
if added then clients = send(added, streams, wakes, channel, payload, markChannel, mark) end
if type(clients) == 'table' then
  undo()
  redis.call('HSET', values, ' bytes', before)
  return clients
end
if key then remember(values, key, fingerprint, position) end
if clients == 0 then return 'written ' .. position end
local echoed = redis.pcall('PUBLISH', echo, position)
return (type(echoed) == 'table' and 'written ' or 'echoed ') .. position
`
