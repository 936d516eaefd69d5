import { type BrokerMessage, isExact, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { failureText } from '../failure-text.js'
import { type Keys, relayChannels } from './keys.js'
import { luaIsReplica } from './lua.js'
import { luaSend } from './lua-groups.js'
import { type Script, type Scripts, script } from './scripts.js'
import type { RedisNames } from './subjects.js'

/**
 * Publishes, and adds a copy to the stream of each group that the subject belongs to: all or
 * nothing. Replies the number of clients and of groups. KEYS: registry. ARGV: subject, channel,
 * payload, stream prefix, wake prefix, longest stream.
 */
export const publishScript: Script = script(`${luaSend}${luaIsReplica}
local subject, channel, payload, streams, wakes, longest = unpack(ARGV)
local added, failure = addToGroups(KEYS[1], subject, payload, streams, longest)
if failure then return failure end
-- A server that has added an entry is a master. Called earlier, isReplica would keep Redis from
-- checking whether its memory is full.
if #added == 0 and isReplica(KEYS[1]) then return replica end
local clients = send(added, streams, wakes, channel, payload)
if type(clients) == 'table' then return clients end
return { clients, #added }
`)

/** The number of entries past which a stream drops its oldest ones, read or not. */
export const longestStream = 100_000

export interface RedisPublisherOptions {
  readonly redis: Redis
  /** Absent if Redis can't store groups: then a plain `PUBLISH` is enough. */
  readonly scripts: Scripts | undefined
  readonly names: RedisNames
  readonly keys: Keys
  readonly prefix: string
  /** Call it before a command is sent. */
  readonly cork: () => void
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
    this.#options.cork()
    try {
      if (!scripts) return { clients: await redis.publish(channel, bytes), groups: 0 }
      const args = [subject, channel, bytes, keys.streamPrefix, keys.wakePrefix, longestStream]
      const [clients, groups] = (await scripts.run(publishScript, [keys.registry], args)) as [number, number]
      return { clients, groups }
    } catch (cause) {
      throw failed(cause)
    }
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
