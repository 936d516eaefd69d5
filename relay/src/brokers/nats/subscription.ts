import type { WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection, Subscription } from 'nats'
import type { NativeSubscription } from '../foreign/driver.js'
import type { Confirmations } from './confirmations.js'
import type { NatsNative } from './subjects.js'

export interface NatsSubscriptionPorts {
  readonly nats: NatsConnection
  readonly confirmations: Confirmations
  /**
   * Receives messages in order. If it `serves`, also those that were on their way when it was
   * ended.
   */
  take(msg: Msg): void
  /** Called when it has ended or was refused. */
  closed(subscription: NatsSubscription): void
}

/** The subscriptions at the server that together cover an interest. */
export class NatsSubscription implements NativeSubscription {
  readonly native: NatsNative
  readonly confirmed: Promise<void>
  readonly ended: Promise<WildcastError>
  readonly #ports: NatsSubscriptionPorts
  readonly #parts: readonly Subscription[]
  /** Messages that arrive before the confirmation: a group or a responder must not lose them. */
  #held: Msg[] | undefined
  #hasEnded = false
  #resolveEnded: (error: WildcastError) => void = () => {}

  constructor(native: NatsNative, ports: NatsSubscriptionPorts) {
    this.native = native
    this.#ports = ports
    this.#held = native.single ? [] : undefined
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    const { subjects, queue } = native
    const confirmed = subjects.map((subject) => ports.confirmations.of({ kind: 'subscription', subject, queue }))
    this.confirmed = Promise.all(confirmed).then(
      () => this.#start(),
      (cause) => {
        void this.end()
        throw cause
      },
    )
    this.#parts = this.#subscribe()
  }

  /** Ends it since the server has withdrawn its permission. */
  revoke(error: WildcastError): void {
    void this.end()
    this.#resolveEnded(error)
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const { nats, confirmations, closed } = this.#ports
    closed(this)
    this.#release()
    if (nats.isClosed()) return
    for (const part of this.#parts) {
      // Draining delivers the requests that are on their way, so that each has an outcome. If the
      // connection ends first, `Confirmations` reports it.
      if (this.native.serves) void part.drain().catch(() => {})
      else part.unsubscribe()
    }
    await confirmations.of().catch(() => {}) // a connection that has ended has no subscriptions
  }

  #subscribe(): Subscription[] {
    const { nats } = this.#ports
    const { subjects, queue } = this.native
    // The end of the connection rejects the confirmations.
    if (nats.isClosed()) return []
    // The library reports a refusal here, too; `Confirmations` learns of it from the status.
    const callback = (refusal: unknown, msg: Msg): void => {
      if (!refusal) this.#take(msg)
    }
    return subjects.map((subject) => nats.subscribe(subject, { callback, ...(queue === undefined ? {} : { queue }) }))
  }

  #take(msg: Msg): void {
    if (this.#held) this.#held.push(msg)
    else this.#ports.take(msg)
  }

  #start(): void {
    // Callers that await the confirmation run first.
    process.nextTick(() => this.#release())
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const msg of held) this.#ports.take(msg)
  }
}
