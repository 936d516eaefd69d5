import { luaLines, luaMatches } from './lua.js'

/**
 * Functions of scripts that publish a message. Each run of a script creates the functions that it
 * reaches, so those for groups are inside a branch.
 *
 * `addToGroups(registry, subject, payload, streams, longest, mark, found)` adds a copy to the
 * stream of each group that the subject belongs to. Returns the entries, or nil and the failure.
 * `found` has the lines of the subject and of "*", if the script has read them already.
 *
 * `send(added, streams, wakes, channel, payload, marks, mark)` publishes the payload; if it is a
 * value, after its mark. Returns the number of receivers, or the failure; then no entry is left.
 */
export const luaSend: string = `
local function removeFrom(streams, added)
  for _, one in ipairs(added) do redis.call('XDEL', streams .. one[1], one[2]) end
end
local function addToGroups(registry, subject, payload, streams, longest, mark, found)
  local added, failure = {}, nil
  found = found or redis.call('HMGET', registry, subject, '*')
  if found[1] or found[2] then
    ${luaLines}${luaMatches}
    local function add(field, line)
      if failure then return end
      local fields = { 'subject', subject, 'payload', payload }
      if mark then fields = { 'subject', subject, 'payload', payload, 'mark', mark } end
      local id = redis.pcall('XADD', streams .. line, 'NOMKSTREAM', 'MAXLEN', '~', longest, '*', unpack(fields))
      if type(id) == 'table' then
        failure = id
      elseif id then
        added[#added + 1] = { line, id }
      else
        forget(registry, field, line)
      end
    end
    if found[1] then
      for _, line in ipairs(split(found[1], '\\n')) do add(subject, line) end
    end
    if found[2] then
      local segments = split(subject, '.')
      for _, line in ipairs(split(found[2], '\\n')) do
        if matches(split(split(line, ' ')[1], '.'), segments) then add('*', line) end
      end
    end
  end
  if not failure then return added end
  removeFrom(streams, added)
  return nil, failure
end
local function send(added, streams, wakes, channel, payload, marks, mark)
  local clients = mark and redis.pcall('PUBLISH', marks, mark)
  if type(clients) ~= 'table' then
    clients = redis.pcall('PUBLISH', channel, payload)
    -- An empty mark revokes the one before it.
    if type(clients) == 'table' and mark then redis.pcall('PUBLISH', marks, '') end
  end
  if type(clients) == 'table' then
    removeFrom(streams, added)
  else
    for _, one in ipairs(added) do redis.pcall('PUBLISH', wakes .. one[1], 'new') end
  end
  return clients
end
`
