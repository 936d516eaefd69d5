import { keyMs } from '../../core/publish-key.js'

/**
 * Functions of scripts that do a publish with a key once; `milliseconds` comes before them. The
 * keys of publishes are in two keys of Redis, beside the values:
 *
 * V:keys      hash: `<time, 13 digits><fingerprint>\n<number>` of each publish that was done. The
 *             number is empty if there was no value to delete.
 * V:key-times sorted set: the same keys by time
 *
 * `repeated(values, key, fingerprint)`: the reply for a publish that was done before, or nil.
 *
 * `remember(values, key, fingerprint, number)`: the publish is done.
 *
 * `forgetKeys(values, most)`: forgets keys past their time.
 */
export const luaKeys: string = `
local function repeated(values, key, fingerprint)
  local found = redis.call('HGET', values .. ':keys', key)
  if not found or string.sub(found, 1, 13) + ${keyMs} <= milliseconds() then return nil end
  local ends = string.find(found, '\\n', 1, true)
  if string.sub(found, 14, ends - 1) ~= fingerprint then return 'used' end
  local number = string.sub(found, ends + 1)
  return number == '' and 'unchanged' or 'repeated ' .. number
end
local function forgetKeys(values, most)
  for _, old in ipairs(redis.call('ZRANGEBYSCORE', values .. ':key-times', '-inf', milliseconds() - ${keyMs},
    'LIMIT', 0, most)) do
    redis.call('ZREM', values .. ':key-times', old)
    redis.call('HDEL', values .. ':keys', old)
  end
end
local function remember(values, key, fingerprint, number)
  -- Changes nothing, so that a deletion is possible if the memory of Redis is full.
  redis.call('HDEL', values, ' ')
  -- More than are added.
  forgetKeys(values, 2)
  local now = milliseconds()
  redis.call('HSET', values .. ':keys', key, string.format('%013.0f', now) .. fingerprint .. '\\n' .. number)
  redis.call('ZADD', values .. ':key-times', now, key)
end
`
