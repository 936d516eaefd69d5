import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import type { BacklogRoom } from './room.js'

/** Limits of waiting subjects and of their payloads' bytes. */
const mostWaiting = 10_000
const mostBytes = 1024 * 1024

export interface ConflationOptions {
  readonly clock: Clock
  /** Messages a second, at most. */
  readonly maxRate: number
  readonly room: BacklogRoom
  deliver(message: BrokerMessage): void
  /** `missed` messages were dropped at a limit. */
  lost(missed: number): void
}

/**
 * Delivers messages at a bounded rate. While a subject's message waits, a newer one replaces it.
 * The last message is always delivered.
 */
export class Conflation {
  readonly #options: ConflationOptions
  readonly #spacingMs: number
  readonly #waiting: Map<string, BrokerMessage> = new Map()
  #bytes = 0
  /** When the next one may be delivered. */
  #nextAt = Number.NEGATIVE_INFINITY
  #stop: (() => void) | undefined

  constructor(options: ConflationOptions) {
    this.#options = options
    this.#spacingMs = 1000 / options.maxRate
  }

  offer(message: BrokerMessage): void {
    const { clock, deliver } = this.#options
    const now = clock.now()
    if (this.#waiting.size === 0 && now >= this.#nextAt) {
      this.#nextAt = now + this.#spacingMs
      deliver(message)
      return
    }
    const replaced = this.#waiting.get(message.subject)
    if (!this.#fits(message, replaced)) this.#drop()
    else if (replaced) this.#weigh(-payloadSize(replaced.payload))
    this.#waiting.set(message.subject, message)
    this.#weigh(payloadSize(message.payload))
    this.#arm(now)
  }

  /** Drops what waits. */
  close(): void {
    this.#stop?.()
    this.#waiting.clear()
    this.#weigh(-this.#bytes)
  }

  #fits(message: BrokerMessage, replaced: BrokerMessage | undefined): boolean {
    const { room } = this.#options
    if (this.#waiting.size === 0) return true
    const grows = payloadSize(message.payload) - (replaced ? payloadSize(replaced.payload) : 0)
    const subjects = this.#waiting.size + (replaced ? 0 : 1)
    return subjects <= mostWaiting && this.#bytes + grows <= mostBytes && room.used + grows <= room.limit
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#options.room.used += bytes
  }

  #arm(now: number): void {
    this.#stop ??= this.#options.clock.after(Math.max(0, Math.ceil(this.#nextAt - now)), () => {
      this.#stop = undefined
      this.#release()
    })
  }

  /** Delivers due messages: several if the spacing is shorter than a timer's. */
  #release(): void {
    const now = this.#options.clock.now()
    // A late timer makes up for one second at most.
    this.#nextAt = Math.max(this.#nextAt, now - 1000)
    for (const [subject, message] of this.#waiting) {
      if (this.#nextAt > now) break
      this.#nextAt += this.#spacingMs
      this.#waiting.delete(subject)
      this.#weigh(-payloadSize(message.payload))
      this.#options.deliver(message)
    }
    if (this.#waiting.size > 0) this.#arm(now)
  }

  #drop(): void {
    const missed = this.#waiting.size
    this.#waiting.clear()
    this.#weigh(-this.#bytes)
    this.#options.lost(missed)
  }
}
