// How values are kept. Keys, where V is the first key of each script:
//
// V            hash: a record for each subject, and " term", " count" and " bytes", which are no
//              subjects. The term is `<run id of the server> <term>`.
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

/** `expiresOf(record)`, in milliseconds, or 0. */
export const luaRecord: string = `${luaTime}
local function expiresOf(record) return tonumber(string.sub(record, 21, 33)) end
`

/**
 * `fixed(number, width)` in base 36, and `beginTerm(values, term, count, run, newest)`, which
 * returns the new term. Its number is greater than that of the term before it, and of the newest one
 * that the relay knows of: that of a backup may be older. See `core/revision.ts`.
 */
export const luaTerm = `
local digits = '0123456789abcdefghijklmnopqrstuvwxyz'
local function fixed(number, width)
  local text = ''
  for _ = 1, width do
    local digit = number % 36
    text = string.sub(digits, digit + 1, digit + 1) .. text
    number = (number - digit) / 36
  end
  return text
end
local function beginTerm(values, term, count, run, newest)
  local before = term and string.sub(term, -10) or ''
  local time = redis.call('TIME')
  local number = tonumber(time[1])
  for _, one in ipairs({ before, newest }) do
    if one ~= '' then number = math.max(number, tonumber(string.sub(one, 1, 7), 36) + 1) end
  end
  -- Two histories that begin in the same second differ.
  local hash = redis.sha1hex(run .. ' ' .. time[1] .. ' ' .. time[2])
  local random = tonumber(string.sub(hash, 1, 8), 16) % 46656
  if term then redis.call('HSET', values .. ':terms', before, count) end
  term = run .. ' ' .. fixed(number, 7) .. fixed(random, 3)
  redis.call('HSET', values, ' term', term, ' count', 0)
  return term
end
`
