import type { Clock } from '../../../core/clock.js'

export interface KeptOrderPorts<Message> {
  readonly clock: Pick<Clock, 'after'>
  deliver(message: Message, seq: number): void
  /** A message is missing. No later one is delivered. */
  failed(): void
}

/** How long a message waits for those before it. */
const holdMs = 2000

/** The most messages that wait. */
const mostHeld = 100_000

/**
 * Puts the messages of a stream into the order of their numbers. nats-server 2.9 stores a message
 * and then publishes it again, each connection for itself: of two programs that publish at the same
 * time, the later message may come first.
 */
export class KeptOrder<Message> {
  readonly #ports: KeptOrderPorts<Message>
  readonly #held: Map<number, Message> = new Map()
  /** The number of the last message that was delivered, or left out. Undefined before `begin`. */
  #last: number | undefined
  #stopClock: (() => void) | undefined
  #waiting: { readonly seq: number; readonly resolve: () => void }[] = []
  #hasEnded = false

  constructor(ports: KeptOrderPorts<Message>) {
    this.#ports = ports
  }

  /** Delivers the messages after this number, also those that have come already. */
  begin(last: number): void {
    this.#last = last
    for (const seq of this.#held.keys()) if (seq <= last) this.#held.delete(seq)
    this.#deliverHeld()
  }

  /** Takes a message as the server has sent it. */
  take(message: Message, seq: number): void {
    if (this.#hasEnded || (this.#last !== undefined && seq <= this.#last)) return
    this.#held.set(seq, message)
    this.#deliverHeld()
  }

  /** Resolves when all messages up to this number are delivered; never if one is missing. */
  delivered(seq: number): Promise<void> | undefined {
    if (this.#last !== undefined && this.#last >= seq) return undefined
    // The first message that is missing may be the last one of all.
    this.#startClock()
    return new Promise((resolve) => this.#waiting.push({ seq, resolve }))
  }

  /** Drops what is held. */
  end(): void {
    this.#hasEnded = true
    this.#held.clear()
    this.#stopClock?.()
  }

  #deliverHeld(): void {
    if (this.#last === undefined) return
    const before = this.#last
    for (let seq = before + 1; this.#held.has(seq) && !this.#hasEnded; seq++) {
      const message = this.#held.get(seq) as Message
      this.#held.delete(seq)
      this.#last = seq
      this.#ports.deliver(message, seq)
    }
    if (this.#last > before) this.#progressed(this.#last)
    if (this.#held.size > mostHeld) this.#fail()
    else if (this.#held.size > 0) this.#startClock()
  }

  #progressed(last: number): void {
    this.#stopClock?.()
    this.#stopClock = undefined
    const done = this.#waiting.filter(({ seq }) => seq <= last)
    this.#waiting = this.#waiting.filter(({ seq }) => seq > last)
    for (const { resolve } of done) resolve()
    if (this.#waiting.length > 0) this.#startClock()
  }

  #startClock(): void {
    if (!this.#hasEnded) this.#stopClock ??= this.#ports.clock.after(holdMs, () => this.#fail())
  }

  #fail(): void {
    this.end()
    this.#ports.failed()
  }
}
