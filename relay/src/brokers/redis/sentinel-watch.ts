import { decodeUtf8, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { RedisClient } from './client.js'
import type { RedisEndpoint } from './endpoints.js'
import { addressText, type RedisAddress } from './options.js'
import { Subscriber } from './subscriber.js'

export interface SentinelWatchOptions {
  /** The master's name at the sentinels. */
  readonly name: string
  /** The server of the connection: it may be the new master already. */
  readonly at: RedisAddress
  readonly sentinels: readonly RedisEndpoint[]
  readonly clock: Clock
  /** Another server is the master. */
  switched(cause: WildcastError): void
}

/**
 * Sentinels publish here when the master changes: `<name> <old host> <old port> <new host> <new
 * port>`.
 */
const channel = '+switch-master'

/** The wait before another try to reach a sentinel. */
const retryMs = 60_000

/**
 * Notifies at once of a new master. Sentinels reconfigure the old master only after ten seconds:
 * until then it accepts messages for queues, which it drops later. If no sentinel can be reached,
 * only these seconds are lost.
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
    await this.#subscribe(sentinel).catch(() => {}) // tried again: the link itself reports failures
    if (!this.#stopped) this.#options.clock.after(retryMs, () => void this.#keep(sentinel))
  }

  /** Resolves when the connection to the sentinel has ended. */
  async #subscribe(sentinel: RedisEndpoint): Promise<void> {
    if (this.#stopped) return
    const { name, at, switched } = this.#options
    const client = await sentinel.open('watch')
    this.#clients.add(client)
    if (this.#stopped) client.drop()
    const { confirmed } = new Subscriber({ redis: client.redis, marks: undefined, notText: () => {} }).channel(
      channel,
      (_, event) => {
        const master = masterIn(event, name)
        if (master && addressText(master) !== addressText(at)) switched(switchedError())
      },
    )
    confirmed.catch(() => client.drop()) // its end leads to another try
    await client.ended
    this.#clients.delete(client)
  }
}

/** The new master of this name. Returns undefined if the event is about another master. */
export function masterIn(event: Uint8Array, name: string): RedisAddress | undefined {
  const [master, , , host, port] = decodeUtf8(event)?.split(' ') ?? []
  return master === name && host !== undefined ? { host, port: Number(port) } : undefined
}

function switchedError(): WildcastError {
  return new WildcastError('broker_down', 'the sentinels have made another server the master')
}
