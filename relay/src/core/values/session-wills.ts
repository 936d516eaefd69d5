import { type Payload, payloadSize, refusal, type Subject } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { Will, WillOwner, Wills } from './wills.js'

/**
 * How a session ends. `left`: its client has ended it. `page_left`: its page was closed or loaded
 * again. `lost`: its client is gone. `moved`: this relay stops, and its client continues elsewhere.
 */
export type SessionEnding = 'left' | 'page_left' | 'lost' | 'moved'

/** The most wills of a session. */
const mostWills = 10_000

/** If the timer fires later than this, the process was stopped: it reads its input first. */
const lateMs = 1000

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

export interface SessionWillsPorts {
  readonly wills: Pick<Wills, 'keep' | 'forget' | 'fire'>
  readonly clock: Clock
  /** The most bytes of all wills of a session. */
  readonly mostBytes: number
}

/** The wills of one session. They outlive it, until they are written or left to other relays. */
export class SessionWills implements WillOwner {
  readonly #ports: SessionWillsPorts
  /** By broker and subject. */
  readonly #wills: Map<string, Will> = new Map()
  #bytes = 0
  /** When the last frame of the client came, while it has wills. */
  #lastFrameAt = 0
  #stopTimer: (() => void) | undefined
  /** When the timer is due. */
  #dueAt = 0
  #isMoving = false
  #ending: SessionEnding | undefined

  constructor(ports: SessionWillsPorts) {
    this.#ports = ports
  }

  /** Whether the session has ended. */
  get isOver(): boolean {
    return this.#ending !== undefined
  }

  /** Whether its client is about to continue at another relay. */
  get isMoving(): boolean {
    return this.#isMoving
  }

  /** @throws {WildcastError} `rate_limited` if there are too many for another one */
  checkRoom(payload: Payload): void {
    const { mostBytes } = this.#ports
    if (this.#wills.size >= mostWills)
      throw refusal('rate_limited', `a session has ${mostWills} wills at most; publish without one`)
    if (this.#bytes + payloadSize(payload) > mostBytes)
      throw refusal('rate_limited', `the wills of a session have ${mostBytes} bytes at most; publish a shorter one`)
  }

  /** The revision of the value that a will is for, if there is one. */
  revisionOf(broker: string, subject: Subject): string | undefined {
    return this.#wills.get(keyOf({ broker, subject }))?.revision
  }

  /** A value with a will is written. */
  add(will: Will): void {
    const { wills, clock } = this.#ports
    const key = keyOf(will)
    const present = this.#wills.get(key)
    // A later write may be answered first.
    if (present && present.revision > will.revision) {
      will.lease?.release()
      return
    }
    if (present) this.#drop(present)
    if (this.#wills.size === 0) this.#lastFrameAt = clock.now()
    this.#wills.set(key, will)
    this.#bytes += payloadSize(will.payload)
    wills.keep(will, this)
    if (this.#ending) this.#atEnd(will, this.#ending)
    else this.#watch(will.afterMs)
  }

  /** The subject was written with a later revision, which cancels the will. */
  cancel(broker: string, subject: Subject, revision: string): void {
    const will = this.#wills.get(keyOf({ broker, subject }))
    if (will && will.revision <= revision) this.#drop(will)
  }

  /** Another session takes the will over, with its lease. */
  give(broker: string, subject: Subject, revision: string): Will | undefined {
    const will = this.#ofRevision(broker, subject, revision)
    if (will) this.#remove(will)
    return will
  }

  /** Other relays may write the will. */
  lose({ broker, subject, revision }: Will): void {
    const will = this.#ofRevision(broker, subject, revision)
    if (!will) return
    this.#drop(will)
    if (!this.#ending) will.lost()
  }

  /** A frame of the client has arrived. */
  frameArrived(): void {
    if (this.#wills.size > 0) this.#lastFrameAt = this.#ports.clock.now()
  }

  /** The relay stops soon: from now on, wills with a lease are left to other relays. */
  move(): void {
    this.#isMoving = true
  }

  /** The session has ended. */
  end(ending: SessionEnding): void {
    if (this.#ending) return
    this.#ending = ending
    if (ending === 'moved') this.#isMoving = true
    for (const will of [...this.#wills.values()]) this.#atEnd(will, ending)
  }

  #ofRevision(broker: string, subject: Subject, revision: string): Will | undefined {
    const will = this.#wills.get(keyOf({ broker, subject }))
    return will?.revision === revision ? will : undefined
  }

  #atEnd(will: Will, ending: SessionEnding): void {
    // A client that continues at another relay in time writes its value there.
    if (this.#isMoving && will.lease) this.#drop(will)
    else if (ending === 'left' || (ending === 'page_left' && will.kind === 'publish')) this.#fire(will)
    else this.#watch(will.afterMs)
  }

  #fire(will: Will): void {
    this.#remove(will)
    if (!this.#ending) will.lost()
    if (this.#isMoving && will.lease) will.lease.release()
    else void this.#ports.wills.fire(will)
  }

  #drop(will: Will): void {
    this.#remove(will)
    will.lease?.release()
  }

  #remove(will: Will): void {
    this.#wills.delete(keyOf(will))
    this.#bytes -= payloadSize(will.payload)
    this.#ports.wills.forget(will, this)
  }

  /** Sets the timer, unless it is due before the end of this silence. */
  #watch(afterMs: number): void {
    const dueAt = this.#lastFrameAt + afterMs
    if (this.#stopTimer && this.#dueAt <= dueAt) return
    this.#stopTimer?.()
    this.#wait(dueAt - this.#ports.clock.now())
  }

  #wait(ms: number): void {
    const { clock } = this.#ports
    const waitMs = Math.min(Math.max(0, ms), longestTimerMs)
    this.#dueAt = clock.now() + waitMs
    this.#stopTimer = clock.after(waitMs, () => this.#check())
  }

  #check(): void {
    const now = this.#ports.clock.now()
    this.#stopTimer = undefined
    if (now - this.#dueAt > lateMs) {
      this.#wait(lateMs)
      return
    }
    for (const will of [...this.#wills.values()]) if (this.#lastFrameAt + will.afterMs <= now) this.#fire(will)
    for (const { afterMs } of this.#wills.values()) this.#watch(afterMs)
  }
}

function keyOf({ broker, subject }: Pick<Will, 'broker' | 'subject'>): string {
  return `${broker} ${subject}`
}
