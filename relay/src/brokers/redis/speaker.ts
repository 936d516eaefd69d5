import { type BrokerMessage, isExact, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { failureText } from '../failure-text.js'
import { commandFailure } from './failures.js'
import { closed, type Keys } from './keys.js'
import { publishScript } from './queue-scripts.js'
import type { Scripts } from './script.js'
import type { RedisNames } from './subjects.js'

export interface SpeakerOptions {
  readonly redis: Redis
  /** Absent where Redis has no groups for us: then a plain `PUBLISH` does. */
  readonly scripts: Scripts | undefined
  readonly names: RedisNames
  readonly keys: Keys
  readonly prefix: string
  /** A command has failed in a way that ends the connection. */
  failed(cause: WildcastError): void
}

/** Past this many messages a stream forgets its oldest ones, also where nobody has read them. */
const longestStream = 100_000

/** Who a message has reached. */
export interface Reached {
  /** Clients of Redis, by every subscription of theirs; on a cluster those of one node. */
  readonly clients: number
  readonly groups: number
}

/** Publishes over one client, in the order of the calls. */
export class RedisPublisher {
  readonly #options: SpeakerOptions
  #gathering = false

  constructor(options: SpeakerOptions) {
    this.#options = options
  }

  /** @throws {WildcastError} `invalid_subject`, `unsupported`, `forbidden` */
  async say(message: BrokerMessage): Promise<Reached> {
    const { subject, channel, payload } = this.#form(message)
    const { redis, scripts, keys, failed } = this.#options
    const bytes =
      typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    this.#gather()
    try {
      if (!scripts) return { clients: await redis.publish(channel, bytes), groups: 0 }
      const words = [subject, channel, bytes, keys.streams, keys.wakes, longestStream]
      const [clients, groups] = (await scripts.run(publishScript, [keys.registry], words)) as [number, number]
      return { clients, groups }
    } catch (cause) {
      const error = commandFailure(cause)
      if (error.code === 'broker_down') failed(error)
      throw error
    }
  }

  /**
   * What is said in one turn is written at once: a system call for each would cost as much as all
   * the rest.
   */
  #gather(): void {
    if (this.#gathering) return
    const { stream } = this.#options.redis
    this.#gathering = true
    stream.cork()
    process.nextTick(() => {
      this.#gathering = false
      stream.uncork()
    })
  }

  /**
   * Redis carries a payload and nothing else: that an answer is a part, or a failure, its channel
   * says.
   */
  #form(message: BrokerMessage): Pick<BrokerMessage, 'subject' | 'payload'> & { readonly channel: string } {
    const { names, prefix } = this.#options
    const { subject, payload, more, error } = message
    checkBare(message)
    if (!more && !error) return { subject, channel: names.channelOf(subject), payload }
    const begin = error ? closed.error : closed.more
    const channel = prefix + begin + names.channelOf(subject).slice(prefix.length + 'response.'.length)
    return { subject, channel, payload: error ? failureText(error) : payload }
  }
}

/** Whether it is a subject on which an answer is awaited. */
export function isAnswer(subject: Pattern): subject is Subject {
  return /^response\.[^.]+\../.test(subject)
}

/** @throws {WildcastError} `unsupported` where a message is more than a payload, and no answer */
export function checkBare({ subject, headers, responseSubject, more, error }: BrokerMessage): void {
  if (headers || responseSubject !== undefined) throw unsupported('Redis carries a payload and nothing else')
  if (!isExact(subject)) throw unsupported('Redis publishes to one channel at a time')
  if ((more || error) && !isAnswer(subject))
    throw unsupported(`nobody awaits an answer on "${subject}", so that "more" and "error" mean nothing there`)
}

function unsupported(why: string): WildcastError {
  return new WildcastError('unsupported', why)
}
