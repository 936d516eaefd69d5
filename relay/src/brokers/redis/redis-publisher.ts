import { type BrokerMessage, isExact, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { failureText } from '../failure-text.js'
import { type Keys, relayChannels } from './keys.js'
import { luaIsReplica, luaLines, luaMatches } from './lua.js'
import { type Script, type Scripts, script } from './scripts.js'
import type { RedisNames } from './subjects.js'

/**
 * Publishes, and adds a copy to the stream of each group that the subject belongs to: all or
 * nothing. Replies the number of clients and of groups. KEYS: registry. ARGV: subject, channel,
 * payload, stream prefix, wake prefix, longest stream.
 */
export const publishScript: Script = script(`${luaLines}${luaMatches}${luaIsReplica}
local subject, channel, payload, streams, wakes, longest = unpack(ARGV)
local found = redis.call('HMGET', KEYS[1], subject, '*')
local added = {}
local function add(field, line)
  local id = redis.call('XADD', streams .. line, 'NOMKSTREAM', 'MAXLEN', '~', longest, '*',
    'subject', subject, 'payload', payload)
  if id then added[#added + 1] = { line, id } else forget(KEYS[1], field, line) end
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
-- A server that has added an entry is a master. Called earlier, isReplica would keep Redis from
-- checking whether its memory is full.
if #added == 0 and isReplica(KEYS[1]) then return replica end
local clients = redis.pcall('PUBLISH', channel, payload)
if type(clients) == 'table' then
  for _, one in ipairs(added) do redis.call('XDEL', streams .. one[1], one[2]) end
  return clients
end
for _, one in ipairs(added) do redis.pcall('PUBLISH', wakes .. one[1], 'new') end
return { clients, #added }
`)

/** The number of entries past which a stream drops its oldest ones, read or not. */
const longestStream = 100_000

export interface RedisPublisherOptions {
  readonly redis: Redis
  /** Absent if Redis can't store groups: then a plain `PUBLISH` is enough. */
  readonly scripts: Scripts | undefined
  readonly names: RedisNames
  readonly keys: Keys
  readonly prefix: string
  /** Ends the connection if it is of no more use after this failure. Returns the error to throw. */
  failed(cause: unknown): WildcastError
}

/** The receivers of a message. */
export interface RedisReceivers {
  /** The number of matching subscriptions of Redis clients; on a cluster those of one node. */
  readonly clients: number
  readonly groups: number
}

/** Publishes over one client, in the order of the calls. */
export class RedisPublisher {
  readonly #options: RedisPublisherOptions
  #corked = false

  constructor(options: RedisPublisherOptions) {
    this.#options = options
  }

  /** @throws {WildcastError} `invalid_subject`, `unsupported`, `forbidden` */
  async publish(message: BrokerMessage): Promise<RedisReceivers> {
    const { subject } = message
    const { redis, scripts, keys, failed } = this.#options
    const { channel, payload } = this.#route(message)
    const bytes =
      typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    this.#cork()
    try {
      if (!scripts) return { clients: await redis.publish(channel, bytes), groups: 0 }
      const args = [subject, channel, bytes, keys.streamPrefix, keys.wakePrefix, longestStream]
      const [clients, groups] = (await scripts.run(publishScript, [keys.registry], args)) as [number, number]
      return { clients, groups }
    } catch (cause) {
      throw failed(cause)
    }
  }

  /** Writes all messages of a turn at once: a system call for each would double the cost. */
  #cork(): void {
    if (this.#corked) return
    const { stream } = this.#options.redis
    this.#corked = true
    stream.cork()
    process.nextTick(() => {
      this.#corked = false
      stream.uncork()
    })
  }

  /** Redis carries only a payload, so the channel marks an answer as a part or a failure. */
  #route(message: BrokerMessage): Pick<BrokerMessage, 'payload'> & { readonly channel: string } {
    const { names, prefix } = this.#options
    const { subject, payload, more, error } = message
    checkBare(message)
    const channel = names.channelOf(subject)
    if (!more && !error) return { channel, payload }
    const begin = prefix + (error ? relayChannels.error : relayChannels.more)
    return {
      channel: begin + channel.slice(prefix.length + 'response.'.length),
      payload: error ? failureText(error) : payload,
    }
  }
}

/** Whether a subject is one that a requester awaits an answer on. */
export function isAnswer(subject: Pattern): subject is Subject {
  return /^response\.[^.]+\../.test(subject)
}

/**
 * @throws {WildcastError} `unsupported` if a message has more than a payload and isn't an answer
 */
export function checkBare({ subject, headers, responseSubject, more, error }: BrokerMessage): void {
  if (headers || responseSubject !== undefined) throw unsupported('Redis carries a payload and nothing else')
  if (!isExact(subject)) throw unsupported('Redis publishes to one channel at a time')
  if ((more || error) && !isAnswer(subject))
    throw unsupported(`no request awaits an answer on "${subject}", so "more" and "error" mean nothing there`)
}

function unsupported(why: string): WildcastError {
  return new WildcastError('unsupported', why)
}
