import { WildcastError } from '@wildcast/protocol/client'
import { toError } from '../exchanges/to-error.js'
import { ReceivedMessage } from '../messages/message.js'
import { type Alarm, openAlarm } from '../time/alarm.js'
import type { Undo } from '../time/clock.js'
import { type InterestEvent, type InterestState, stepInterest, toRefused } from './interest-life.js'
import type { FrameTaker, InterestPorts, SubscriptionFrame } from './interest-ports.js'
import type { SubscriptionListener, Want } from './listener.js'
import type { Completeness, Continuity, SubscriptionStatus } from './subscription-events.js'

/** A listener, and what it has been notified of. */
interface Member extends SubscriptionListener {
  status?: SubscriptionStatus
  /** Was ready once: what it misses from then on is a gap. */
  seen?: boolean
  now?: Completeness
  /** Has missed messages, and got none since. */
  hasGap?: boolean
  missed?: number
}

/** One subscription on the wire, and everybody who shares it. Does what `stepInterest` says. */
export class ClientInterest implements FrameTaker {
  readonly #want: Want
  readonly #ports: InterestPorts
  readonly #members = new Set<Member>()
  readonly #alarm: Alarm
  #state: InterestState
  /** When the last message came: what is lost was lost later. */
  #lastAt = 0
  /** Messages that came with this id. */
  #came = 0
  /**
   * Those that the app has not handled, by their numbers, with what ends the wait of the session
   * for them.
   */
  readonly #open = new Map<number, Undo>()

  constructor(want: Want, ports: InterestPorts) {
    this.#want = want
    this.#ports = ports
    this.#alarm = openAlarm(ports.clock)
    const { refusal } = ports.link
    this.#state = refusal ? toRefused(refusal) : { phase: 'connecting', refusals: 0 }
  }

  /** @throws {WildcastError} `already_served` */
  add(listener: SubscriptionListener): Undo {
    const member: Member = { ...listener }
    if (this.#want.serve && this.#members.size > 0)
      throw new WildcastError('already_served', `${this.#want.subject} is served here already`)
    this.#members.add(member)
    const asked = this.happen({ type: 'wanted' })
    const { refusal } = this.#state
    // Repeats it to a member that came later, once its `subscribe` has returned.
    if (refusal && !asked) queueMicrotask(() => this.#fail(refusal, [member]))
    return () => {
      const handled = this.#came - (member.waiting?.() ?? 0) // the app goes on with what it has begun
      if (this.#members.delete(member) && this.#members.size === 0) this.happen({ type: 'left' }, handled)
    }
  }

  /** Returns whether the relay was asked. */
  happen(event: InterestEvent, handled: number = 0): boolean {
    const { clock, renamed, ended } = this.#ports
    const from = this.#state
    const exclusive = (this.#want.group ?? this.#want.serve) !== undefined
    const facts = { wanted: this.#members.size > 0, exclusive, chance: clock.random() }
    const { to, armMs, ask = false, gap, over } = stepInterest(from, event, facts)
    this.#state = to
    if (to !== from) this.#alarm.stop()
    if (armMs !== undefined) this.#alarm.set(armMs, () => this.happen({ type: 'rang' }))
    if (to.id !== from.id) {
      renamed(this, from.id, to.id)
      this.#came = 0
      for (const release of this.#open.values()) release()
      this.#open.clear()
    }
    if (ask) this.#ask()
    if (gap) this.#lose()
    this.tell()
    if (to.refusal && to !== from) this.#fail(to.refusal)
    if (over) ended(this.#want, over.id, this.#want.group === undefined ? undefined : handled)
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
      if (member.status !== status) {
        member.status = status
        member.seen ||= status === 'ready'
        call(member.onStatus, status)
      }
      this.#tellContinuity(member)
    })
  }

  #tellContinuity(member: Member): void {
    const { onContinuity, now, missed = 0 } = member
    const { link, clock, call } = this.#ports
    const continuity = this.#continuityOf(member)
    if (now?.continuity === continuity && now.missed === missed) return
    let asOf = now?.asOf
    if (continuity === 'live') asOf = clock.now()
    else if (asOf && now?.continuity === 'live')
      asOf = Math.max(asOf, continuity === 'gap' ? this.#lastAt : link.heardAt)
    member.now = { continuity, asOf, missed }
    call(onContinuity, member.now)
  }

  #continuityOf({ status, hasGap, seen }: Member): Continuity {
    if (status === 'ready' && this.#ports.link.current) return hasGap ? 'gap' : 'live'
    return seen && this.#state.phase !== 'ready' ? 'stale' : 'catching-up'
  }

  /** Those who were ready before have missed messages. */
  #lose(missed?: number): void {
    this.#each((member) => {
      if (!member.seen) return
      member.hasGap = true
      member.missed = (member.missed ?? 0) + (missed ?? 0)
      this.#ports.call(member.onGap, { missed })
    })
  }

  hear(frame: SubscriptionFrame, receivedAt: number): void {
    const { call } = this.#ports
    switch (frame.kind) {
      case 'Message': {
        const message = new ReceivedMessage(frame, this.#state.pattern ?? this.#want.subject, receivedAt, this.#ports)
        this.#lastAt = receivedAt
        const number = ++this.#came
        const turns: unknown[] | undefined = this.#want.group === undefined ? undefined : []
        this.#each((member) => {
          call(turns ? (got) => keep(turns, member.onMessage(got)) : member.onMessage, message)
          if (member.hasGap) {
            member.hasGap = false
            this.#tellContinuity(member)
          }
        })
        if (turns?.length && this.#members.size) this.#take(number, turns)
        break
      }
      case 'Gap':
        this.#lose(frame.missed)
        this.tell()
        break
      case 'Error':
        this.#fail(toError(frame))
        break
      case 'Unsubscribed':
        this.happen(frame.error ? { type: 'refused', reason: toError(frame.error) } : { type: 'opened' })
    }
  }

  /** How many messages of the queue are handled that this is; undefined if it is none. */
  get queue(): { readonly id: number; readonly handled: number } | undefined {
    const { id } = this.#state
    const [first = this.#came + 1] = this.#open.keys()
    return id !== undefined && this.#want.group !== undefined ? { id, handled: first - 1 } : undefined
  }

  /** The client is closed: nothing comes any more. */
  close(): void {
    this.#each((member) => member.onEnd?.())
  }

  /** A message of a queue is handled when all turns are over. */
  #take(number: number, turns: readonly unknown[]): void {
    const release = this.#ports.link.hold()
    this.#open.set(number, release)
    void Promise.allSettled(turns).then(() => {
      release()
      if (this.#open.get(number) === release) this.#open.delete(number)
    })
  }

  #ask(): void {
    const sent = this.#ports.exchanges.ask(
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

/** Keeps what a callback has returned if the message is handled only when that is settled. */
function keep(turns: unknown[], returned: unknown): unknown {
  if (returned) turns.push(returned)
  return returned
}
