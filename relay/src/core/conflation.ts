import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import type { BacklogRoom } from './room.js'

/** Subjects of which a message may wait, and bytes of their payloads. */
const mostWaiting = 10_000
const mostBytes = 1024 * 1024

export interface ConflationOptions {
  readonly clock: Clock
  /** Messages a second, at most. */
  readonly maxRate: number
  readonly room: BacklogRoom
  deliver(message: BrokerMessage): void
  /** So many were dropped, since too much waited. */
  lost(missed: number): void
}

/**
 * Lets messages through at a bounded rate: of each subject the newest, in the place of the one that
 * it replaces. The last of all always gets through.
 */
export class Conflation {
  readonly #options: ConflationOptions
  readonly #spacingMs: number
  readonly #waiting: Map<string, BrokerMessage> = new Map()
  #bytes = 0
  /** From when on the next one may go. */
  #free = Number.NEGATIVE_INFINITY
  #stop: (() => void) | undefined

  constructor(options: ConflationOptions) {
    this.#options = options
    this.#spacingMs = 1000 / options.maxRate
  }

  offer(message: BrokerMessage): void {
    const { clock, deliver } = this.#options
    const now = clock.now()
    if (this.#waiting.size === 0 && now >= this.#free) {
      this.#free = now + this.#spacingMs
      deliver(message)
      return
    }
    const older = this.#waiting.get(message.subject)
    if (!this.#fits(message, older)) this.#drop()
    else if (older) this.#weigh(-payloadSize(older.payload))
    this.#waiting.set(message.subject, message)
    this.#weigh(payloadSize(message.payload))
    this.#arm(now)
  }

  /** Nothing comes any more. */
  close(): void {
    this.#stop?.()
    this.#waiting.clear()
    this.#weigh(-this.#bytes)
  }

  #fits(message: BrokerMessage, older: BrokerMessage | undefined): boolean {
    const { room } = this.#options
    if (this.#waiting.size === 0) return true
    const grows = payloadSize(message.payload) - (older ? payloadSize(older.payload) : 0)
    const subjects = this.#waiting.size + (older ? 0 : 1)
    return subjects <= mostWaiting && this.#bytes + grows <= mostBytes && room.used + grows <= room.limit
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#options.room.used += bytes
  }

  #arm(now: number): void {
    this.#stop ??= this.#options.clock.after(Math.max(0, Math.ceil(this.#free - now)), () => {
      this.#stop = undefined
      this.#release()
    })
  }

  /** Those whose time has come: several where the spacing is shorter than a timer can be. */
  #release(): void {
    const now = this.#options.clock.now()
    // A timer that is late earns nothing for the time before.
    this.#free = Math.max(this.#free, now - 1000)
    for (const [subject, message] of this.#waiting) {
      if (this.#free > now) break
      this.#free += this.#spacingMs
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
