import { decodeUtf8, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { RedisClient } from './client.js'
import { addressText, type RedisAddress } from './options.js'
import type { RedisEndpoint } from './places.js'
import { Subscriber } from './subscriber.js'

export interface SentinelWatchOptions {
  /** How the sentinels call the master. */
  readonly name: string
  /** Where the link is: who was quick may be at the new master when it is told. */
  readonly at: RedisAddress
  readonly sentinels: readonly RedisEndpoint[]
  readonly clock: Clock
  /** Another server is the master. */
  switched(cause: WildcastError): void
}

/**
 * What sentinels say when a master is another server from now on: `<name> <old host> <old port>
 * <new host> <new port>`.
 */
const channel = '+switch-master'

/** A sentinel that is not there is called again after so long. */
const againMs = 60_000

/**
 * Hears of a new master at once. Sentinels tell the old one after ten seconds only: until then it
 * takes what is for queues, and then forgets it. While no sentinel can be heard, nothing is lost
 * but this time.
 */
export class SentinelWatch {
  readonly #options: SentinelWatchOptions
  readonly #clients: Set<RedisClient> = new Set()
  #stopped = false

  constructor(options: SentinelWatchOptions) {
    this.#options = options
    for (const sentinel of options.sentinels) void this.#keep(sentinel)
  }

  stop(): void {
    this.#stopped = true
    for (const client of this.#clients) client.drop()
  }

  async #keep(sentinel: RedisEndpoint): Promise<void> {
    await this.#hear(sentinel).catch(() => {}) // one that can't be heard is tried again: the link itself tells what is wrong
    if (!this.#stopped) this.#options.clock.after(againMs, () => void this.#keep(sentinel))
  }

  /** Resolves when there is no more to hear. */
  async #hear(sentinel: RedisEndpoint): Promise<void> {
    if (this.#stopped) return
    const { name, at, switched } = this.#options
    const client = await sentinel.open('watch')
    this.#clients.add(client)
    if (this.#stopped) client.drop()
    const { confirmed } = new Subscriber(client.redis, () => {}).channel(channel, (_, news) => {
      const master = masterIn(news, name)
      if (master && addressText(master) !== addressText(at)) switched(switchedError())
    })
    confirmed.catch(() => client.drop())
    await client.ended
    this.#clients.delete(client)
  }
}

/** The new master of this name. Sentinels may watch over others, too. */
export function masterIn(news: Uint8Array, name: string): RedisAddress | undefined {
  const [about, , , host, port] = decodeUtf8(news)?.split(' ') ?? []
  return about === name && host !== undefined ? { host, port: Number(port) } : undefined
}

function switchedError(): WildcastError {
  return new WildcastError('broker_down', 'the sentinels have made another server the master')
}
