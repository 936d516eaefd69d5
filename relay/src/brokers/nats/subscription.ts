import type { WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection, Subscription } from 'nats'
import type { NativeSubscription } from '../foreign/driver.js'
import type { Confirmations } from './confirmations.js'
import type { NatsNative } from './subjects.js'
import type { ChangeReceiver } from './values/change-receiver.js'

export interface NatsSubscriptionPorts {
  readonly nats: NatsConnection
  readonly confirmations: Confirmations
  /**
   * Receives messages in order. If it `serves`, also those that were on their way when it was
   * ended.
   */
  take(msg: Msg): void
  /** Receives the changes of values as well. @default none */
  readonly changes?: Pick<ChangeReceiver, 'subjects' | 'take' | 'end'> | undefined
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
    const all = [...subjects, ...(ports.changes?.subjects ?? [])]
    const confirmed = all.map((subject) => ports.confirmations.of({ kind: 'subscription', subject, queue }))
    this.confirmed = Promise.all(confirmed).then(
      () => this.#start(),
      (cause) => {
        void this.end()
        throw cause
      },
    )
    this.#parts = this.#subscribe()
  }

  /** Whether a subject is one of its subscriptions at the server. */
  has(subject: string): boolean {
    return this.native.subjects.includes(subject) || this.#ports.changes?.subjects.includes(subject) === true
  }

  /** Ends it since the server has withdrawn its permission. */
  revoke(error: WildcastError): void {
    void this.end()
    this.#resolveEnded(error)
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const { nats, confirmations, changes, closed } = this.#ports
    closed(this)
    changes?.end()
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
    const { nats, changes } = this.#ports
    const { subjects, queue } = this.native
    // The end of the connection rejects the confirmations.
    if (nats.isClosed()) return []
    // The library reports a refusal here, too; `Confirmations` learns of it from the status.
    const to = (take: (msg: Msg) => void) => (refusal: unknown, msg: Msg) => {
      if (!refusal) take(msg)
    }
    const callback = to((msg) => this.#take(msg))
    const options = { callback, ...(queue === undefined ? {} : { queue }) }
    return [
      ...subjects.map((subject) => nats.subscribe(subject, options)),
      ...(changes?.subjects ?? []).map((subject) =>
        nats.subscribe(subject, { callback: to((msg) => changes?.take(msg)) }),
      ),
    ]
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
