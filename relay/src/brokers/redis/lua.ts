// Lua functions that several scripts share.

/** Returns a text as Lua writes it. */
export function luaText(text: string): string {
  return `'${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}'`
}

/**
 * `split(text, by)`. Without the patterns of Lua, so that no text of a client is ever taken as one.
 */
const split = `
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
`

/**
 * `split`, and `forget(registry, field, line)`: removes the line of a group from the registry.
 *
 * The registry is one hash with the groups of all relays, a line `<pattern> <group>` each: under
 * the subject if the pattern is one, else under "*", which is no subject. So one look-up finds
 * every group that a subject may belong to.
 */
export const luaLines: string = `${split}
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
 * `matches(pattern, subject)` decides as `matches` of the protocol does, on lists of segments. The
 * text between two `**` is searched once, so that it takes at most segments² steps.
 */
export const luaMatches = `
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

/**
 * `isReplica(registry)`, and `replica`, the reply of a script at one. A master that has become a
 * replica still accepts a `PUBLISH`, but delivers it to its own clients only. Only a write fails
 * there: this one changes nothing.
 */
export const luaIsReplica = `
local function isReplica(registry)
  local tried = redis.pcall('HDEL', registry, '')
  return type(tried) == 'table' and string.find(tried.err, 'READONLY', 1, true) ~= nil
end
local replica = redis.error_reply('READONLY it is a replica')
`
