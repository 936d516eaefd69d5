import type { Subject } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import { Unawaited } from '../unawaited.js'
import { relayChannels } from './keys.js'
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
 * Answers in parts that no request awaits any longer. A part can't carry a reply address over
 * Redis, so the relay that still receives it notifies the responders, on a channel that only relays
 * use and only those subscribe to that send parts. Each late part costs one such message, and there
 * are few.
 */
export class RedisUnawaitedParts {
  readonly #options: UnawaitedPartsOptions
  readonly #known: Unawaited = new Unawaited()
  #subscribed = false

  constructor(options: UnawaitedPartsOptions) {
    this.#options = options
  }

  /**
   * Call it before a part is sent. @throws {WildcastError} `interrupted` if no request awaits it
   */
  check(answerOn: Subject): void {
    this.#subscribe()
    this.#known.check(this.#channelOf(answerOn))
  }

  /** Notifies the responder of a part that no request awaits. */
  notify(answerOn: Subject): void {
    this.#options.redis.publish(this.#channelOf(answerOn), '').catch(() => {
      // The next part tries again.
    })
  }

  #channelOf(answerOn: Subject): string {
    const { prefix, names } = this.#options
    return prefix + relayChannels.unawaited + names.channelOf(answerOn).slice(prefix.length + answer.length)
  }

  #subscribe(): void {
    if (this.#subscribed) return
    this.#subscribed = true
    const { prefix, subscriber } = this.#options
    const glob = [`${prefix}${relayChannels.unawaited}`, '']
    const { confirmed } = subscriber.glob(glob, (channel) => this.#known.add(channel))
    confirmed.catch(() => {}) // if it is forbidden, responders continue to their last part
  }
}
