import type { WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection, Subscription } from 'nats'
import type { NativeSubscription } from '../foreign/driver.js'
import type { Confirmations } from './confirmations.js'
import type { NatsNative } from './subjects.js'

export interface NatsSubscriptionPorts {
  readonly nats: NatsConnection
  readonly confirmations: Confirmations
  /**
   * Takes what comes, in order; also what was on its way when the subscription was ended, where it
   * `serves`.
   */
  take(msg: Msg): void
  /** It was ended, or refused. */
  gone(subscription: NatsSubscription): void
}

/** The subscriptions at the server that together are one of ours. */
export class NatsSubscription implements NativeSubscription {
  readonly native: NatsNative
  readonly confirmed: Promise<void>
  readonly ended: Promise<WildcastError>
  readonly #ports: NatsSubscriptionPorts
  readonly #parts: readonly Subscription[]
  /**
   * What came before its member can take it: nobody else gets what a group or a server was given.
   */
  #held: Msg[] | undefined
  #over = false
  #tellEnded: (error: WildcastError) => void = () => {}

  constructor(native: NatsNative, ports: NatsSubscriptionPorts) {
    this.native = native
    this.#ports = ports
    this.#held = native.single ? [] : undefined
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve
    })
    const { subjects, queue } = native
    const asked = subjects.map((subject) => ports.confirmations.of({ kind: 'subscription', subject, queue }))
    this.confirmed = Promise.all(asked).then(
      () => this.#begin(),
      (cause) => {
        void this.end()
        throw cause
      },
    )
    this.#parts = this.#subscribe()
  }

  /** The server has withdrawn the right to it. */
  revoke(error: WildcastError): void {
    void this.end()
    this.#tellEnded(error)
  }

  async end(): Promise<void> {
    if (this.#over) return
    this.#over = true
    const { nats, confirmations, gone } = this.#ports
    gone(this)
    this.#release()
    if (nats.isClosed()) return
    for (const part of this.#parts) {
      // Draining goes on taking what the server sent before it knew: a question must not be lost
      // without a word. Where the connection ends first, that is told to all by `Confirmations`.
      if (this.native.serves) void part.drain().catch(() => {})
      else part.unsubscribe()
    }
    await confirmations.of().catch(() => {}) // a connection that ends takes its subscriptions along
  }

  #subscribe(): Subscription[] {
    const { nats } = this.#ports
    const { subjects, queue } = this.native
    // One that is closed by now will say so to all who wait.
    if (nats.isClosed()) return []
    // The library tells of a refusal here, too; `Confirmations` knows of it from the status.
    const callback = (refusal: unknown, msg: Msg): void => {
      if (!refusal) this.#take(msg)
    }
    return subjects.map((subject) => nats.subscribe(subject, { callback, ...(queue === undefined ? {} : { queue }) }))
  }

  #take(msg: Msg): void {
    if (this.#held) this.#held.push(msg)
    else this.#ports.take(msg)
  }

  #begin(): void {
    // Those who wait for the confirmation have their turn first.
    process.nextTick(() => this.#release())
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const msg of held) this.#ports.take(msg)
  }
}
