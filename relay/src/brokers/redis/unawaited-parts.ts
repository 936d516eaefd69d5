import type { Subject } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { Unawaited } from '../unawaited.js'
import { closed } from './keys.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'

export interface UnawaitedPartsOptions {
  readonly prefix: string
  readonly names: RedisNames
  readonly redis: Redis
  readonly subscriber: Subscriber
}

const answer = 'response.'

/**
 * Answers in parts that nobody awaits any more. Redis carries nothing with which a part could ask,
 * so the relay that still hears it says so on a channel that only relays know, and to which those
 * listen that send parts. There is one such message for each late part, so that few are said.
 */
export class RedisUnawaitedParts {
  readonly #options: UnawaitedPartsOptions
  readonly #known: Unawaited = new Unawaited()
  #listening = false

  constructor(options: UnawaitedPartsOptions) {
    this.#options = options
  }

  /** Before a part is sent. @throws {WildcastError} `interrupted` where nobody awaits it */
  check(answerOn: Subject): void {
    this.#listen()
    this.#known.check(this.#channelOf(answerOn))
  }

  /** A part has come that nobody awaits. */
  tell(answerOn: Subject): void {
    this.#options.redis.publish(this.#channelOf(answerOn), '').catch(() => {
      // The next part asks again.
    })
  }

  #channelOf(answerOn: Subject): string {
    const { prefix, names } = this.#options
    return prefix + closed.unawaited + names.channelOf(answerOn).slice(prefix.length + answer.length)
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    const { prefix, subscriber } = this.#options
    const heard = subscriber.glob([`${prefix}${closed.unawaited}`, ''], (channel) => this.#known.add(channel))
    heard.confirmed.catch(() => {}) // where it is forbidden, responders go on to their end
  }
}
