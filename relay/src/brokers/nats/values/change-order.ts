import type { BrokerMessage } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import type { ReceivedChange } from './change-form.js'
import type { HeldChanges } from './held-changes.js'

export interface ChangeOrderPorts {
  readonly clock: Pick<Clock, 'after'>
  readonly held: Pick<HeldChanges, 'add'>
  /** The number up to which changes came before this subscription. */
  readonly since: number
  deliver(message: BrokerMessage): void
  /** A change came after a later one of its subject. */
  failed(): void
}

interface Held {
  readonly change: ReceivedChange
  stop(): void
}

/** How long a change waits for the one before it. */
const holdMs = 100

/** Of how many subjects the last change is remembered, twice. */
const remembered = 500

/**
 * The order of the changes of one subscription. nats-server 2.9 stores a message and then publishes
 * it again, each connection for itself: of two relays that write a subject at the same time, the
 * later change may come first. Each change names the number of the one before it on its subject,
 * and waits for that one.
 */
export class ChangeOrder {
  readonly #ports: ChangeOrderPorts
  /** The number up to which all changes are taken as delivered. */
  #floor: number
  /** The last number that was delivered, by subject: the newest ones, and those before. */
  #young: Map<string, number> = new Map()
  #old: Map<string, number> = new Map()
  readonly #held: Map<string, Held[]> = new Map()

  constructor(ports: ChangeOrderPorts) {
    this.#ports = ports
    this.#floor = ports.since
  }

  /** Takes a change as the server has sent it. */
  take(change: ReceivedChange): void {
    const { seq, previous, message } = change
    const last = this.#last(message.subject)
    if (last !== undefined && seq < last) this.#ports.failed()
    // The one before it was a deletion, which its writer has removed after it was delivered.
    else if (previous === 0 || previous <= (last ?? this.#floor)) this.#deliverAll(change)
    else this.#hold(change)
  }

  /** Drops what is held. */
  end(): void {
    for (const waiting of this.#held.values()) for (const { stop } of waiting) stop()
    this.#held.clear()
  }

  #last(subject: string): number | undefined {
    return this.#young.get(subject) ?? this.#old.get(subject)
  }

  /** Delivers a change that waits for none, after those that are held before it. */
  #deliverAll(change: ReceivedChange): void {
    const { subject } = change.message
    while ((this.#firstHeld(subject)?.seq ?? Number.POSITIVE_INFINITY) < change.seq) this.#release(subject)
    this.#deliver(change)
    this.#releaseNext(subject)
  }

  /** Delivers those that are held for the one that was delivered. */
  #releaseNext(subject: string): void {
    const last = this.#last(subject) ?? 0
    if ((this.#firstHeld(subject)?.previous ?? Number.POSITIVE_INFINITY) > last) return
    this.#release(subject)
    this.#releaseNext(subject)
  }

  #firstHeld(subject: string): ReceivedChange | undefined {
    return this.#held.get(subject)?.[0]?.change
  }

  #deliver({ seq, message }: ReceivedChange): void {
    this.#remember(message.subject, seq)
    this.#ports.deliver(message)
  }

  #hold(change: ReceivedChange): void {
    const { clock, held } = this.#ports
    const { subject } = change.message
    const remove = held.add()
    // The one before it was delivered to others before this subscription began.
    const stopClock = clock.after(holdMs, () => {
      this.#floor = Math.max(this.#floor, change.previous)
      this.#release(subject)
      this.#releaseNext(subject)
    })
    const stop = (): void => {
      stopClock()
      remove()
    }
    const waiting = [...(this.#held.get(subject) ?? []), { change, stop }]
    this.#held.set(
      subject,
      waiting.sort((one, other) => one.change.seq - other.change.seq),
    )
  }

  /** Delivers the earliest change of a subject that is held. */
  #release(subject: string): void {
    const [first, ...others] = this.#held.get(subject) ?? []
    if (!first) return
    if (others.length > 0) this.#held.set(subject, others)
    else this.#held.delete(subject)
    this.#deliver(first.change)
    first.stop()
  }

  #remember(subject: string, seq: number): void {
    this.#young.set(subject, seq)
    if (this.#young.size < remembered) return
    for (const forgotten of this.#old.values()) this.#floor = Math.max(this.#floor, forgotten)
    this.#old = this.#young
    this.#young = new Map()
  }
}
