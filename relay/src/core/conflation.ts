import type { Message } from '@wildcast/protocol'
import type { Clock } from './clock.js'

/** Subjects of which a message may wait. */
const mostWaiting = 10_000

export interface ConflationOptions {
  readonly clock: Clock
  /** Messages a second, at most. */
  readonly maxRate: number
  deliver(message: Message): void
  /** So many were dropped, since too many subjects waited. */
  lost(missed: number): void
}

/** Lets messages through at a bounded rate: of each subject the newest, in the place of the one that it replaces. The last of all always gets through. */
export class Conflation {
  readonly #options: ConflationOptions
  readonly #spacingMs: number
  readonly #waiting: Map<string, Message> = new Map()
  /** From when on the next one may go. */
  #free = Number.NEGATIVE_INFINITY
  #stop: (() => void) | undefined

  constructor(options: ConflationOptions) {
    this.#options = options
    this.#spacingMs = 1000 / options.maxRate
  }

  offer(message: Message): void {
    const { clock, deliver } = this.#options
    const now = clock.now()
    if (this.#waiting.size === 0 && now >= this.#free) {
      this.#free = now + this.#spacingMs
      deliver(message)
      return
    }
    if (this.#waiting.size >= mostWaiting && !this.#waiting.has(message.subject)) this.#drop()
    this.#waiting.set(message.subject, message)
    this.#arm(now)
  }

  /** Nothing comes any more. */
  close(): void {
    this.#stop?.()
    this.#waiting.clear()
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
      this.#options.deliver(message)
    }
    if (this.#waiting.size > 0) this.#arm(now)
  }

  #drop(): void {
    const missed = this.#waiting.size
    this.#waiting.clear()
    this.#options.lost(missed)
  }
}
