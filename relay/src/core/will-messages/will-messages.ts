import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import { afterLong } from '../after-long.js'
import { beforeRetry } from '../before-retry.js'
import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import type { OnFailure } from '../outlet.js'
import { within } from '../within.js'

/** A message that a relay publishes when a client is gone. Its checks have passed. */
export interface WillMessage {
  readonly broker: string
  readonly message: BrokerMessage
  /** Set if it becomes the value of its subject. */
  readonly write: { readonly ttlMs?: number | undefined } | undefined
  /** How long it is worth a delivery. @default for ever */
  readonly lifetimeMs: number | undefined
  /** Called when it is about to be published. */
  begun(): void
  /** Whether its client has withdrawn it. */
  isCancelled(): boolean
  /** Resolves with the refusal if its client may no longer publish it. */
  refusal(): Promise<WildcastError | undefined>
}

export interface WillMessagesPorts {
  readonly hub: Pick<Hub, 'publish' | 'write' | 'nextMessageId' | 'whenUp'>
  readonly clock: Clock
  readonly onError: OnFailure
}

/** How long the end of a relay waits for its brokers, in milliseconds. */
const closeMs = 1000

/** The will messages of a relay whose clients are gone. */
export class WillMessages {
  readonly #ports: WillMessagesPorts
  /** Those that wait for their delay, and how it is ended. */
  readonly #waiting: Map<WillMessage, () => void> = new Map()
  readonly #publishing: Set<Promise<void>> = new Set()
  #isClosed = false

  constructor(ports: WillMessagesPorts) {
    this.#ports = ports
  }

  /** Publishes a message after a delay. At the end of the relay it does not wait. */
  publishAfter(will: WillMessage, delayMs: number): void {
    if (delayMs <= 0 || this.#isClosed) this.publish(will)
    else if (!this.#waiting.has(will))
      this.#waiting.set(
        will,
        afterLong(this.#ports.clock, delayMs, () => this.publish(will)),
      )
  }

  /** Publishes a message now. While its broker is down, it is tried again. */
  publish(will: WillMessage): void {
    this.stop(will)
    will.begun()
    const publishing: Promise<void> = this.#publish(will).finally(() => this.#publishing.delete(publishing))
    this.#publishing.add(publishing)
  }

  /** Ends the delay of a message: it is not published. */
  stop(will: WillMessage): void {
    this.#waiting.get(will)?.()
    this.#waiting.delete(will)
  }

  /** Publishes what waits: the sessions end with the relay. Resolves when that is done, or soon. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const will of [...this.#waiting.keys()]) this.publish(will)
    if (this.#publishing.size > 0) await within(closeMs, Promise.all(this.#publishing), this.#ports.clock)
  }

  async #publish(will: WillMessage): Promise<void> {
    const { broker } = will
    const { hub, clock, onError } = this.#ports
    for (;;) {
      const error = (await will.refusal()) ?? (will.isCancelled() ? undefined : await this.#attempt(will))
      if (!error) return
      if (error.code !== 'broker_down' || this.#isClosed) {
        onError(error, { stage: 'will', broker })
        return
      }
      await beforeRetry({ hub, clock }, broker)
    }
  }

  /** Resolves with the reason if it was not published. */
  async #attempt({ broker, message, write, lifetimeMs }: WillMessage): Promise<WildcastError | undefined> {
    const { hub, clock } = this.#ports
    const expiry = lifetimeMs === undefined ? undefined : { expiresAt: clock.wall() + lifetimeMs }
    const published = { ...message, id: hub.nextMessageId(), ...expiry }
    try {
      if (write) await hub.write(broker, { message: published, ttlMs: write.ttlMs })
      else await hub.publish(broker, published)
      return undefined
    } catch (cause) {
      return WildcastError.from(cause)
    }
  }
}
