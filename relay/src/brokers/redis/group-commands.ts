import { WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { entriesOf, type StreamEntry } from './entries.js'
import { isRefusal } from './failures.js'
import type { GroupKeys } from './keys.js'
import type { LeaseTimes } from './leases.js'
import { luaLines } from './lua.js'
import { type Script, type Scripts, script } from './scripts.js'
import type { RedisNames } from './subjects.js'

// A group has a line in the registry, a stream, and a sorted set of its consumers by the ends of
// their leases. The keys expire some time after the last consumer was there.

/**
 * Renews a consumer's lease, and creates the group if it is missing. Claims the pending entries of
 * consumers whose leases have expired, and replies them. KEYS: registry, stream, members. ARGV:
 * field, line, group, consumer, lease and lifetime of the keys in ms, most groups of a field, most
 * bytes of their lines, room.
 */
export const renewScript: Script = script(`${luaLines}
local registry, stream, members = unpack(KEYS)
local field, line, group, consumer, lease, keep, most, longest, room = unpack(ARGV)
room = tonumber(room)
-- Forgets groups that no publish reaches, a few at a time.
for _, other in ipairs(redis.call('HRANDFIELD', registry, 4)) do
  for _, stale in ipairs(split(redis.call('HGET', registry, other), '\\n')) do
    local key = string.sub(stream, 1, #stream - #line) .. stale
    if stale ~= line and redis.call('EXISTS', key) == 0 then forget(registry, other, stale) end
  end
end
local listed, known = redis.call('HGET', registry, field), false
local all = listed and split(listed, '\\n') or {}
for _, other in ipairs(all) do known = known or other == line end
if not known then
  if #all >= tonumber(most) or listed and #listed + #line >= tonumber(longest) then
    return redis.error_reply('FULL too many groups')
  end
  all[#all + 1] = line
  redis.call('HSET', registry, field, table.concat(all, '\\n'))
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, group)
if consumers.err then
  redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
  consumers = {}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
redis.call('ZADD', members, now + lease, consumer)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
local claimed = {}
for _, other in ipairs(consumers) do
  local name, pending = other[2], other[4]
  if not redis.call('ZSCORE', members, name) then
    if pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
    elseif room > 0 then
      local ids, present = {}, {}
      for _, entry in ipairs(redis.call('XPENDING', stream, group, '-', '+', room, name)) do
        ids[#ids + 1] = entry[1]
      end
      for _, entry in ipairs(redis.call('XCLAIM', stream, group, consumer, 0, unpack(ids))) do
        if entry then
          claimed[#claimed + 1] = entry
          present[entry[1]] = true
        end
      end
      for _, id in ipairs(ids) do
        if not present[id] then redis.call('XACK', stream, group, id) end
      end
      room = room - #ids
    end
  end
end
return claimed
`)

/**
 * Removes a consumer from its group. Its pending entries go to the others. KEYS: stream, members.
 * ARGV: group, consumer, lifetime of the keys in ms, wake channel.
 */
export const leaveScript: Script = script(`
local stream, members = unpack(KEYS)
local group, consumer, keep, wake = unpack(ARGV)
redis.call('ZREM', members, consumer)
if redis.call('EXISTS', stream) == 0 then return 0 end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
if #redis.call('XPENDING', stream, group, '-', '+', 1, consumer) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer)
else
  redis.pcall('PUBLISH', wake, 'left')
end
return 1
`)

/**
 * The most groups of one subject, and the most with wildcards: every publish looks at all of them.
 */
const mostGroups = 1000
/** The most bytes of their lines: a publish takes longer to look at long ones. */
const mostGroupBytes = 64 * 1024

/** The client that a consumer's commands are sent over. */
interface Client {
  readonly redis: Redis
  readonly scripts: Scripts
}

export interface GroupCommandsOptions {
  /** The consumer's name in the group. */
  readonly id: string
  readonly group: string
  readonly keys: GroupKeys
  readonly names: RedisNames
  readonly leaseTimes: LeaseTimes
}

/** The commands of one consumer in its group. */
export class GroupCommands {
  readonly #options: GroupCommandsOptions

  constructor(options: GroupCommandsOptions) {
    this.#options = options
  }

  /**
   * Renews the lease. Resolves with entries claimed from consumers that are gone, at most `room`.
   * @throws {WildcastError} `too_many_subscriptions`, or what the command failed with
   */
  async renew({ scripts }: Client, room: number): Promise<StreamEntry[]> {
    const { id, group, keys, names, leaseTimes } = this.#options
    const { leaseMs, keepMs } = leaseTimes
    const args = [keys.field, keys.line, group, id, leaseMs, keepMs, mostGroups, mostGroupBytes, room]
    try {
      return entriesOf(await scripts.run(renewScript, [keys.registry, keys.stream, keys.members], args), names)
    } catch (cause) {
      throw isRefusal(cause, 'FULL') ? fullError() : cause
    }
  }

  /** Reads new entries (`>`), or again those that are pending (`0`). */
  async read({ redis }: Client, count: number, from: '>' | '0'): Promise<StreamEntry[]> {
    const { id, group, keys, names } = this.#options
    const reply = await redis.xreadgroupBuffer('GROUP', group, id, 'COUNT', count, 'STREAMS', keys.stream, from)
    const [stream] = (reply ?? []) as [unknown, unknown][]
    return stream ? entriesOf(stream[1], names) : []
  }

  async leave({ scripts }: Client): Promise<void> {
    const { id, group, keys, leaseTimes } = this.#options
    await scripts.run(leaveScript, [keys.stream, keys.members], [group, id, leaseTimes.keepMs, keys.wake])
  }
}

function fullError(): WildcastError {
  return new WildcastError(
    'too_many_subscriptions',
    `Redis keeps ${mostGroups} groups (${mostGroupBytes} bytes) of one subject, or with wildcards; end one first`,
  )
}
