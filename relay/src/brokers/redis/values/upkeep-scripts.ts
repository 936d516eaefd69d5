import { luaKeys } from '../lua-keys.js'
import { type Script, script } from '../scripts.js'
import { luaIsOf, luaRecord, luaTerm, luaTime } from './lua-values.js'

/**
 * Begins a term if another server has begun the present one; without one only if relays keep
 * messages, whose positions begin with it. Replies the term, or an empty text. KEYS: values. ARGV:
 * the server, see `luaTerm`; whether relays keep messages.
 */
export const openScript: Script = script(`${luaTerm}${luaIsOf}
local term = redis.call('HGET', KEYS[1], ' term')
if (term or ARGV[2] == '1') and not isOf(term, ARGV[1]) then
  -- Changes nothing. Without it, a server whose memory is full would refuse to begin a term. One that
  -- can't save refuses any write: then the first write of a value begins the term.
  if type(redis.pcall('HDEL', KEYS[1], ' ')) == 'table' then return '' end
  term = beginTerm(KEYS[1], term, redis.call('HGET', KEYS[1], ' count'), ARGV[1])
end
return term and string.sub(term, -10) or ''
`)

/** The most keys that one sweep forgets. */
const mostKeysForgotten = 1000

/** Renews a lease, also if the server's memory is full. KEYS: values. ARGV: lease. */
export const renewLeaseScript: Script = script(`${luaTime}
local leases = KEYS[1] .. ':leases'
redis.call('ZREM', leases, '')
redis.call('ZADD', leases, milliseconds(), ARGV[1])
return 1
`)

/**
 * Replies the present term, then what is due, at most a batch of each: values that have expired,
 * `{subject, revision}`, and wills whose leases have expired, `{subject, revision, will}`. Forgets
 * keys of publishes. KEYS:
 * values. ARGV: duration of a lease in ms, batch.
 */
export const dueScript: Script = script(`${luaRecord}${luaKeys}
local values, leaseMs, batch = KEYS[1], unpack(ARGV)
local now, expired, wills = milliseconds(), {}, {}
for _, subject in ipairs(redis.call('ZRANGEBYSCORE', values .. ':expiry', '-inf', now, 'LIMIT', 0, batch)) do
  local record = redis.call('HGET', values, subject)
  if record then
    expired[#expired + 1] = { subject, string.sub(record, 1, 20) }
  else
    redis.call('ZREM', values .. ':expiry', subject)
  end
end
for _, lease in ipairs(redis.call('ZRANGEBYSCORE', values .. ':leases', '-inf', now - leaseMs, 'LIMIT', 0, batch)) do
  -- "!" comes after the space.
  local names = redis.call('ZRANGEBYLEX', values .. ':will-names', '[' .. lease .. ' ', '(' .. lease .. '!',
    'LIMIT', 0, batch - #wills)
  if #names == 0 and #wills < tonumber(batch) then redis.call('ZREM', values .. ':leases', lease) end
  for _, name in ipairs(names) do
    local subject = string.sub(name, #lease + 2)
    local will, record = redis.call('HGET', values .. ':wills', subject), redis.call('HGET', values, subject)
    if will and record then
      wills[#wills + 1] = { subject, string.sub(record, 1, 20), will }
    else
      redis.call('ZREM', values .. ':will-names', name)
    end
  end
end
forgetKeys(values, ${mostKeysForgotten})
local term = redis.call('HGET', values, ' term')
return { term and string.sub(term, -10) or '', expired, wills }
`)
