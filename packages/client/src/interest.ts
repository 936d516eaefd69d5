import type { ClientFrame, ErrorCode, MessageFrame, Pattern, WildcastError } from '@wildcast/protocol'
import { type Alarm, openAlarm } from './alarm.js'
import { Audience, type Call, type Listener, type Member } from './audience.js'
import { backoffMs } from './backoff.js'
import type { Clock, Undo } from './clock.js'
import type { Exchanges } from './exchanges.js'
import { type Answer, toMessage } from './message.js'
import type { OnError } from './options.js'
import type { SubscriptionStatus } from './subscription-events.js'

/** What is subscribed to. Equal wants are one interest. */
export interface Want {
  readonly subject: Pattern
  readonly broker: string | undefined
  readonly group: string | undefined
  readonly serve: true | undefined
}

/** What an interest needs of the client around it. */
export interface Surroundings extends Pick<Exchanges, 'ask'> {
  readonly clock: Clock
  readonly onError: OnError
  readonly call: Call
  readonly answer: Answer
  send(frame: ClientFrame): boolean
  /** Whether the client is connected or means to be. */
  alive(): boolean
}

/** What an interest tells the table that it stands in. */
export interface Registry {
  /** The relay gave it an id. */
  confirmed(interest: Interest, id: number): void
  /** Nobody wants it any more. */
  left(interest: Interest, id: number | undefined): void
}

type Phase =
  | { readonly is: 'waiting' | 'asked' }
  | { readonly is: 'ready'; readonly id: number }
  | { readonly is: 'refused'; readonly code: ErrorCode }

/** An undo within this time costs nothing on the wire: React mounts twice, routes change and come back. */
const lingerMs = 1_000

/** One subscription on the wire, and everybody who shares it. */
export class Interest {
  readonly want: Want
  readonly audience: Audience
  readonly #around: Surroundings
  readonly #registry: Registry
  #phase: Phase = { is: 'waiting' }
  #refusals = 0
  /** For the end of the linger while nobody is here, else for the next try. */
  readonly #alarm: Alarm

  constructor(want: Want, around: Surroundings, registry: Registry) {
    this.want = want
    this.audience = new Audience(around.call)
    this.#around = around
    this.#alarm = openAlarm(around.clock)
    this.#registry = registry
  }

  add(listener: Listener): Undo {
    const first = this.audience.empty
    const member = this.audience.add(listener)
    if (first) this.#alarm.stop()
    if (first && (this.#phase.is === 'waiting' || this.#phase.is === 'refused')) this.ask()
    else this.tell()
    return () => {
      if (!member.gone) this.#remove(member)
    }
  }

  #remove(member: Member): void {
    this.audience.remove(member)
    if (!this.audience.empty) return
    this.#alarm.stop()
    if (this.want.group !== undefined || this.want.serve) this.#end()
    else this.#alarm.set(lingerMs, () => this.#end())
  }

  #end(): void {
    // The relay may be about to give it an id: only then can it be unsubscribed.
    if (this.#phase.is === 'asked') return
    this.#registry.left(this, this.#phase.is === 'ready' ? this.#phase.id : undefined)
  }

  /** Subscribes on the wire, if there is one now. */
  ask(): void {
    this.#alarm.stop()
    this.#phase = { is: 'asked' }
    const ref = this.#around.ask(
      { kind: 'Subscribe', ...this.want },
      {
        answer: (frame) => frame.kind === 'Subscribed' && this.#confirm(frame.id),
        fail: (error) => this.#phase.is === 'asked' && this.refuse(error),
      },
    )
    if (ref === undefined) this.#phase = { is: 'waiting' }
    this.tell()
  }

  #confirm(id: number): void {
    this.#phase = { is: 'ready', id }
    this.#refusals = 0
    this.#registry.confirmed(this, id)
    this.audience.missed()
    this.tell()
    if (this.audience.empty && !this.#alarm.on) this.#end()
  }

  /** The relay refused it, or took it back. */
  refuse(error: WildcastError): void {
    this.#alarm.stop()
    this.#phase = { is: 'refused', code: error.code }
    if (this.audience.empty) this.#end()
    else if (error.retry) {
      const ms = backoffMs(this.#refusals++, this.#around.clock.random())
      this.#alarm.set(Math.max(ms, error.retryInMs ?? 0), () => this.ask())
    }
    this.tell()
    this.fail(error)
  }

  /** Tells an error. */
  fail(error: WildcastError): void {
    if (this.audience.error(error)) this.#around.onError(error, { stage: 'subscription' })
  }

  /** The id is gone. */
  lose(): void {
    this.#alarm.stop()
    this.#phase = { is: 'waiting' }
    if (this.audience.empty) this.#end()
    else this.tell()
  }

  deliver(frame: MessageFrame): void {
    this.audience.message(toMessage(frame, this.want.subject, this.#around.answer))
  }

  /** Tells everybody the status, where it is news. */
  tell(): void {
    this.audience.tell((seen) => this.#statusFor(seen))
  }

  #statusFor(seen: boolean): SubscriptionStatus {
    switch (this.#phase.is) {
      case 'ready':
        return 'ready'
      case 'asked':
        return seen ? 'reconnecting' : 'syncing'
      case 'refused':
        return this.#phase.code === 'forbidden' || this.#phase.code === 'unauthorized' ? 'denied' : 'error'
      case 'waiting':
        if (!this.#around.alive()) return 'idle'
        return seen ? 'reconnecting' : 'connecting'
    }
  }
}
