import { luaIsReplica, luaMatches } from '../lua.js'
import { type Script, script } from '../scripts.js'
import { luaRecord } from './lua-values.js'

// A master that has become a replica must not give values: they may be old.

/** `split(text)`: the segments of a subject or pattern. */
export const luaSplit = `
local function split(text)
  local parts = {}
  for part in string.gmatch(text, '[^.]+') do parts[#parts + 1] = part end
  return parts
end
`

/** Replies the record of a subject, or nil. KEYS: values, registry. ARGV: subject. */
export const readScript: Script = script(`${luaRecord}${luaIsReplica}
if isReplica(KEYS[2]) then return replica end
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return false end
local expires = expiresOf(record)
return (expires == 0 or expires > milliseconds()) and record
`)

/**
 * Replies a part of the records of a pattern: the subject after which the next page begins (empty
 * on the last one), then subjects and records by turns. KEYS: values, registry. ARGV: pattern,
 * lowest and highest name (as of `ZRANGEBYLEX`), most values, bytes and names to look at.
 */
export const pageScript: Script = script(`${luaRecord}${luaMatches}${luaIsReplica}${luaSplit}
if isReplica(KEYS[2]) then return replica end
local pattern, low, high, most, bytes, looks = unpack(ARGV)
pattern, most, bytes, looks = split(pattern), tonumber(most), tonumber(bytes), tonumber(looks)
-- One more, which shows whether there is another page.
local names = redis.call('ZRANGEBYLEX', KEYS[1] .. ':names', low, high, 'LIMIT', 0, looks + 1)
local now, reply = milliseconds(), { '' }
for i, name in ipairs(names) do
  if i > looks or #reply > 2 * most or bytes <= 0 and #reply > 1 then
    reply[1] = names[i - 1]
    break
  end
  if matches(pattern, split(name)) then
    local record = redis.call('HGET', KEYS[1], name)
    local expires = record and expiresOf(record)
    if record and (expires == 0 or expires > now) then
      reply[#reply + 1] = name
      reply[#reply + 1] = record
      bytes = bytes - #record + string.find(record, '\\n', 1, true)
    end
  end
end
return reply
`)
