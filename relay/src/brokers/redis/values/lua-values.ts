// How values are kept. The keys begin with V, the first key of each script:
//
// V            hash: a record for each subject, and " term", " count" and " bytes", which are no
//              subjects. The term is `<run id of the server> <term>`, the count is in base 36.
// V:names      sorted set: the subjects, in the order of their bytes
// V:expiry     sorted set: the subjects that expire, by time
// V:wills      hash: the will of a subject: `<lease>\n<about>\n<payload>`
// V:will-names sorted set: `<lease> <subject>` for each will
// V:leases     sorted set: the leases by the times of their last renewals
// V:terms      hash: the count at which each earlier term ended
//
// A record is `<revision><expires, 13 digits><"w" if it has a will, else "-"><about>\n<payload>`.
// "About" is the JSON text of the headers and the user, which is empty if there is neither.

/** The length of a record before "about". */
export const headLength = 34

/** `milliseconds()`, by the server's clock. */
export const luaTime = `
local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

/** `expiresOf(record)`, in milliseconds, or 0, and `milliseconds()`. */
export const luaRecord: string = `${luaTime}
local function expiresOf(record) return tonumber(string.sub(record, 21, 33)) end
`

/**
 * `beginTerm(values, term, count, server)` returns the new term. `server` is the run id of the
 * server and the newest term that the relay has seen. The number of the new one is greater than
 * those of that term and of the term before it: a backup may hold an older one. See
 * `core/revision.ts`.
 */
export const luaTerm = `
local function beginTerm(values, term, count, server)
  local function fixed(number, width)
    local text = ''
    for _ = 1, width do
      local digit = number % 36
      text = string.char(digit < 10 and digit + 48 or digit + 87) .. text
      number = (number - digit) / 36
    end
    return text
  end
  local run, newest = string.match(server, '^(%S*) (%S*)$')
  local before, time = term and string.sub(term, -10) or '', redis.call('TIME')
  local number = tonumber(time[1])
  for _, one in ipairs({ before, newest }) do
    if one ~= '' then number = math.max(number, tonumber(string.sub(one, 1, 7), 36) + 1) end
  end
  -- Two histories that begin in the same second differ.
  local hash = redis.sha1hex(run .. ' ' .. time[1] .. ' ' .. time[2])
  local random = tonumber(string.sub(hash, 1, 8), 16) % 46656
  if term then redis.call('HSET', values .. ':terms', before, count) end
  term = run .. ' ' .. fixed(number, 7) .. fixed(random, 3)
  redis.call('HSET', values, ' term', term, ' count', '000000000')
  return term
end
`

/** `isOf(term, server)`: whether a term began at this run of the server. */
export const luaIsOf = `
local function isOf(term, server)
  if term == server then return true end
  local length = string.find(server, ' ', 1, true)
  return term and string.sub(term, 1, length) == string.sub(server, 1, length)
end
`

/** `after(count)`: the next count, of 9 digits in base 36. */
export const luaAfter = `
local function after(count)
  local at = #count
  while string.byte(count, at) == 122 do at = at - 1 end
  local digit = string.byte(count, at)
  return string.sub(count, 1, at - 1) .. string.char(digit == 57 and 97 or digit + 1) .. string.rep('0', #count - at)
end
`
