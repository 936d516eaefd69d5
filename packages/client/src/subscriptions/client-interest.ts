import { WildcastError } from '@wildcast/protocol/client'
import { toError } from '../app/to-error.js'
import { ReceivedMessage } from '../messages/message.js'
import type { Undo } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'
import { HistoryCursor } from './history-cursor.js'
import { type InterestEvent, type InterestState, stepInterest, toRefused } from './interest-life.js'
import type { FrameReceiver, InterestPorts, SubscriptionFrame } from './interest-ports.js'
import type { Completeness, Continuity, SubscriptionStatus } from './subscription-events.js'
import type { SubscriptionListener, SubscriptionSpec } from './subscription-listener.js'

/** A listener, with what it was notified of last. */
interface Member extends SubscriptionListener {
  status?: SubscriptionStatus
  /** Whether the listener was ready once: messages that it misses from then on are a gap. */
  seen?: boolean
  now?: Completeness
  /** Whether the listener has missed messages, and received none since. */
  hasGap?: boolean
  missed?: number
}

/** One subscription at the relay, and its listeners. Executes the effects of `stepInterest`. */
export class ClientInterest implements FrameReceiver {
  readonly #spec: SubscriptionSpec
  readonly #ports: InterestPorts
  readonly #members = new Set<Member>()
  readonly #timer: Timer
  readonly #cursor: HistoryCursor
  #state: InterestState
  /** When the last message was received: any loss occurred later. */
  #lastAt = 0
  /** How many messages were received with the current id. */
  #received = 0
  /** Whether the relay has lost its link to the broker. */
  #isCut = false
  /** The `ref` of the `Subscribe`, which its values bear. */
  #ref: number | undefined
  /** The unhandled messages by number, with functions that let the session confirm them. */
  readonly #unhandled = new Map<number, Undo>()

  constructor(spec: SubscriptionSpec, ports: InterestPorts) {
    this.#spec = spec
    this.#ports = ports
    this.#timer = openTimer(ports.clock)
    this.#cursor = new HistoryCursor(spec)
    const { refusal } = ports.link
    this.#state = refusal ? toRefused(refusal) : { phase: 'connecting', refusals: 0 }
  }

  /** @throws {WildcastError} `already_served` */
  add(listener: SubscriptionListener): Undo {
    const member: Member = { ...listener }
    if (this.#spec.serve && this.#members.size > 0)
      throw new WildcastError('already_served', `this client serves ${this.#spec.subject} already`)
    this.#members.add(member)
    const isSent = this.handle({ type: 'wanted' })
    const { refusal } = this.#state
    // Reports an earlier refusal to the new member after its `subscribe` has returned.
    if (refusal && !isSent) queueMicrotask(() => this.#fail(refusal, [member]))
    return () => {
      const handled = this.#received - (member.waiting?.() ?? 0) // the app will handle delivered messages
      if (this.#members.delete(member) && this.#members.size === 0) this.handle({ type: 'left' }, handled)
    }
  }

  /** Applies an event. Returns whether a `Subscribe` was needed. */
  handle(event: InterestEvent, handled: number = 0): boolean {
    const { clock, renamed, ended } = this.#ports
    const from = this.#state
    const exclusive = (this.#spec.group ?? this.#spec.serve) !== undefined
    const facts = { wanted: this.#members.size > 0, exclusive, chance: clock.random() }
    const { to, armMs, subscribe = false, gap, over } = stepInterest(from, event, facts)
    this.#state = to
    if (to !== from) this.#timer.stop()
    if (armMs !== undefined) this.#timer.set(armMs, () => this.handle({ type: 'fired' }))
    if (to.id !== from.id) {
      renamed(this, from.id, to.id)
      this.#received = 0
      for (const release of this.#unhandled.values()) release()
      this.#unhandled.clear()
    }
    if (subscribe) this.#subscribe()
    if (gap) this.#reportGap()
    this.notify()
    if (to.refusal && to !== from) this.#fail(to.refusal)
    if (over) ended(this.#spec, over.id, this.#spec.group === undefined ? undefined : handled)
    return subscribe
  }

  /** Notifies the listeners whose status has changed. */
  notify(): void {
    const { link, call } = this.#ports
    const { state } = link.status
    // A confirmed subscription is ready again when the session resumes.
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
      this.#notifyContinuity(member)
    })
  }

  #notifyContinuity(member: Member): void {
    const { onContinuity, now, missed = 0 } = member
    const { link, clock, call } = this.#ports
    const continuity = this.#continuityOf(member)
    if (now?.continuity === continuity && now.missed === missed) return
    let asOf = now?.asOf
    if (continuity === 'live') asOf = clock.now()
    else if (asOf && now?.continuity === 'live')
      asOf = Math.max(asOf, continuity === 'gap' ? this.#lastAt : link.aliveAt)
    member.now = { continuity, asOf, missed }
    call(onContinuity, member.now)
  }

  #continuityOf({ status, hasGap, seen }: Member): Continuity {
    if (status === 'ready' && this.#ports.link.current && !this.#cursor.isBehind)
      return this.#isCut ? 'stale' : hasGap ? 'gap' : 'live'
    return seen && this.#state.phase !== 'ready' ? 'stale' : 'catching-up'
  }

  /** Reports missed messages to the listeners that were ready before. */
  #reportGap(missed?: number): void {
    this.#isCut = false
    this.#each((member) => {
      if (!member.seen) return
      member.hasGap = true
      member.missed = (member.missed ?? 0) + (missed ?? 0)
      this.#ports.call(member.onGap, { missed })
    })
  }

  /** Returns true if messages were lost that a new subscription gets. */
  receive(frame: SubscriptionFrame, receivedAt: number): boolean {
    const { call } = this.#ports
    const cursor = this.#cursor
    const isOther = 'ref' in frame && !!frame.ref && frame.ref !== this.#ref // for an equal subscription
    switch (frame.kind) {
      case 'Message': {
        if (frame.left && !this.#spec.retained) break // for an equal subscription that reads values
        if (!cursor.admits(frame, this.#ref)) break
        const message = new ReceivedMessage(frame, this.#state.pattern ?? this.#spec.subject, receivedAt, this.#ports)
        this.#lastAt = receivedAt
        const number = ++this.#received
        const results: unknown[] | undefined = this.#spec.group === undefined ? undefined : []
        this.#each((member) => {
          call(results ? (got) => collect(results, member.onMessage(got)) : member.onMessage, message)
          if (member.hasGap) {
            member.hasGap = false
            this.#notifyContinuity(member)
          }
        })
        if (results?.length && this.#members.size) this.#track(number, results)
        break
      }
      case 'Synced':
        if (isOther) break
        if (cursor.sync()) return true
        this.notify()
        this.#each((member) => call(member.onSynced, { recovered: cursor.recovered }))
        break
      case 'Gap':
        if (isOther) break
        if (frame.open) this.#isCut = true
        else if (cursor.after && !frame.ref) return true
        else {
          cursor.recovered &&= false
          this.#reportGap(frame.missed)
        }
        this.notify()
        break
      case 'Error':
        this.#fail(toError(frame))
        break
      case 'Unsubscribed':
        this.handle(frame.error ? { type: 'refused', reason: toError(frame.error) } : { type: 'opened' })
    }
    return false
  }

  /** For a member of a group: the id, and how many messages are handled. Else undefined. */
  get queue(): { readonly id: number; readonly handled: number } | undefined {
    const { id } = this.#state
    const [first = this.#received + 1] = this.#unhandled.keys()
    return id !== undefined && this.#spec.group !== undefined ? { id, handled: first - 1 } : undefined
  }

  /** The client is closed: ends all listeners. */
  close(): void {
    this.#each((member) => member.onEnd?.())
  }

  /** Delays the confirmation of a message of a group until all results of its handlers settle. */
  #track(number: number, results: readonly unknown[]): void {
    const release = this.#ports.link.hold()
    this.#unhandled.set(number, release)
    void Promise.allSettled(results).then(() => {
      release()
      if (this.#unhandled.get(number) === release) this.#unhandled.delete(number)
    })
  }

  #subscribe(): void {
    const cursor = this.#cursor
    const { after } = cursor
    this.#isCut = false
    const sent = this.#ports.exchanges.send(
      { kind: 'Subscribe', ...this.#spec, ...(after && { after, last: undefined }) },
      {
        answer: (frame) => {
          if (frame.kind !== 'Subscribed') return
          this.#ref = frame.ref
          this.handle({ ...frame, type: 'confirmed', gap: cursor.confirm(frame) })
        },
        fail: (reason) => {
          if (this.#state.phase !== 'syncing') return
          const isPlain = reason.code === 'unsupported' && cursor.giveUp()
          this.handle(isPlain ? { type: 'opened' } : { type: 'refused', reason })
        },
      },
    )
    if (!sent) this.handle({ type: 'lost' })
  }

  /** Iterates over a copy, so that a handler may subscribe and unsubscribe within a delivery. */
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

/** Collects the result of a handler, which may be a promise. */
function collect(results: unknown[], result: unknown): unknown {
  if (result) results.push(result)
  return result
}
