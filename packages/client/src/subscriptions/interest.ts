import { WildcastError } from '@wildcast/protocol/client'
import { toError } from '../exchanges/to-error.js'
import { ReceivedMessage } from '../messages/message.js'
import { type Alarm, openAlarm } from '../time/alarm.js'
import type { Undo } from '../time/clock.js'
import { type InterestEvent, type InterestState, stepInterest, toRefused } from './interest-life.js'
import type { FrameTaker, InterestPorts, SubscriptionFrame } from './interest-ports.js'
import type { Listener, Want } from './listener.js'
import type { SubscriptionStatus } from './subscription-events.js'

/** A listener, and what it has been notified of. */
interface Member extends Listener {
  status?: SubscriptionStatus
  /** Was ready once: what it misses from then on is a gap. */
  seen?: boolean
}

/** One subscription on the wire, and everybody who shares it. Does what `stepInterest` says. */
export class Interest implements FrameTaker {
  readonly #want: Want
  readonly #ports: InterestPorts
  readonly #members = new Set<Member>()
  readonly #alarm: Alarm
  #state: InterestState

  constructor(want: Want, ports: InterestPorts) {
    this.#want = want
    this.#ports = ports
    this.#alarm = openAlarm(ports.clock)
    const { refusal } = ports.link
    this.#state = refusal ? toRefused(refusal) : { phase: 'connecting', refusals: 0 }
  }

  /** @throws {WildcastError} `already_served` */
  add(listener: Listener): Undo {
    const member: Member = { ...listener }
    if (this.#want.serve && this.#members.size > 0)
      throw new WildcastError('already_served', `${this.#want.subject} is served here already`)
    this.#members.add(member)
    const asked = this.happen({ type: 'wanted' })
    const { refusal } = this.#state
    // Repeats it to a member that came later, once its `subscribe` has returned.
    if (refusal && !asked) queueMicrotask(() => this.#fail(refusal, [member]))
    return () => {
      if (this.#members.delete(member) && this.#members.size === 0) this.happen({ type: 'left' })
    }
  }

  /** Returns whether the relay was asked. */
  happen(event: InterestEvent): boolean {
    const { clock, call, renamed, ended } = this.#ports
    const from = this.#state
    const exclusive = (this.#want.group ?? this.#want.serve) !== undefined
    const facts = { wanted: this.#members.size > 0, exclusive, chance: clock.random() }
    const { to, armMs, ask = false, gap, over } = stepInterest(from, event, facts)
    this.#state = to
    if (to !== from) this.#alarm.stop()
    if (armMs !== undefined) this.#alarm.set(armMs, () => this.happen({ type: 'rang' }))
    if (to.id !== from.id) renamed(this, from.id, to.id)
    if (ask) this.#ask()
    if (gap) this.#each(({ seen, onGap }) => seen && call(onGap, {}))
    this.tell()
    if (to.refusal && to !== from) this.#fail(to.refusal)
    if (over) ended(this.#want, over.id)
    return ask
  }

  /** Notifies everybody of the status, if it has changed. */
  tell(): void {
    const { link, call } = this.#ports
    const { state } = link.status
    // A confirmed one is ready again when the session is back.
    const phase = this.#state.phase === 'ready' && link.away ? 'connecting' : this.#state.phase
    const idle = phase === 'connecting' && (state === 'idle' || state === 'closed')
    const pending = phase === 'connecting' || phase === 'syncing'
    this.#each((member) => {
      const status = idle ? 'idle' : pending && member.seen ? 'reconnecting' : phase
      if (member.status === status) return
      member.status = status
      member.seen ||= status === 'ready'
      call(member.onStatus, status)
    })
  }

  hear(frame: SubscriptionFrame, receivedAt: number): void {
    const { call } = this.#ports
    switch (frame.kind) {
      case 'Message': {
        const message = new ReceivedMessage(frame, this.#state.pattern ?? this.#want.subject, receivedAt, this.#ports)
        this.#each((member) => call(member.onMessage, message))
        break
      }
      case 'Gap':
        this.#each((member) => call(member.onGap, { missed: frame.missed }))
        break
      case 'Error':
        this.#fail(toError(frame))
        break
      case 'Unsubscribed':
        this.happen(frame.error ? { type: 'refused', reason: toError(frame.error) } : { type: 'opened' })
    }
  }

  /** The client is closed: nothing comes any more. */
  close(): void {
    this.#each((member) => member.onEnd?.())
  }

  #ask(): void {
    const sent = this.#ports.ask(
      { kind: 'Subscribe', ...this.#want },
      {
        answer: (frame) => {
          if (frame.kind === 'Subscribed') this.happen({ ...frame, type: 'confirmed' })
        },
        fail: (reason) => {
          if (this.#state.phase === 'syncing') this.happen({ type: 'refused', reason })
        },
      },
    )
    if (!sent) this.happen({ type: 'lost' })
  }

  /** Over a copy, so that a handler may subscribe and unsubscribe within a delivery. */
  #each(run: (member: Member) => void, to = [...this.#members]): void {
    for (const member of to) if (this.#members.has(member)) run(member)
  }

  #fail(error: WildcastError, to = [...this.#members]): void {
    if (to.some((member) => this.#members.has(member) && !member.onError)) this.#ports.fault(error, 'subscription')
    this.#each((member) => {
      this.#ports.call(member.onError, error)
      if (!error.retry) member.onEnd?.(error)
    }, to)
  }
}
