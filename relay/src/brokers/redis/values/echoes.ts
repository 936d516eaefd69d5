import { redisEndedError } from '../failures.js'
import { luaIsReplica } from '../lua.js'
import { type Script, type Scripts, script } from '../scripts.js'
import type { Subscriber } from '../subscriber.js'

/**
 * Publishes a text to the echo channel of a connection. A master that has become a replica refuses
 * it, since other relays write elsewhere. KEYS: registry. ARGV: channel, text.
 */
export const echoScript: Script = script(`${luaIsReplica}
if isReplica(KEYS[1]) then return replica end
return redis.call('PUBLISH', ARGV[1], ARGV[2])
`)

export interface EchoesOptions {
  /** Only this connection subscribes to it; Redis has confirmed that already. */
  readonly channel: string
  readonly registry: string
  readonly scripts: Scripts
  readonly subscriber: Subscriber
}

/**
 * Texts that a connection publishes and receives itself. When one returns over the subscribing
 * client, everything that Redis has published before it has been delivered.
 */
export class Echoes {
  readonly #options: EchoesOptions
  /** Called when the text has returned, or with the error if the connection has ended. */
  readonly #awaited: Map<string, (error?: Error) => void> = new Map()
  /** The revision of this connection's last change that has returned. */
  #returned = ''
  #asked = 0
  #ended = false

  constructor(options: EchoesOptions) {
    this.#options = options
    const { subscriber, channel } = options
    const { confirmed } = subscriber.channel(channel, (_, text) => this.#take(Buffer.from(text).toString('latin1')))
    confirmed.catch(() => {}) // ends with the connection
  }

  /**
   * Resolves when a change that this connection has written has been delivered, or when the
   * connection has ended. Its changes return in the order of their revisions.
   */
  async delivered(revision: string): Promise<void> {
    if (this.#ended || revision <= this.#returned) return
    await new Promise<void>((resolve) => this.#awaited.set(revision, () => resolve()))
  }

  /** Resolves when everything that Redis has published so far has been delivered. */
  async ask(): Promise<void> {
    const { scripts, registry, channel } = this.#options
    if (this.#ended) throw redisEndedError()
    const text = `mark ${++this.#asked}`
    const back = new Promise<void>((resolve, reject) =>
      this.#awaited.set(text, (error) => (error ? reject(error) : resolve())),
    )
    const sent = scripts.run(echoScript, [registry], [channel, text]).catch((cause) => {
      this.#awaited.delete(text)
      throw cause
    })
    await Promise.all([sent, back])
  }

  /** The connection has ended: nothing returns any longer. */
  end(): void {
    this.#ended = true
    for (const settle of this.#awaited.values()) settle(redisEndedError())
    this.#awaited.clear()
  }

  #take(text: string): void {
    const settle = this.#awaited.get(text)
    this.#awaited.delete(text)
    if (!text.startsWith('mark')) this.#returned = text
    settle?.()
  }
}
