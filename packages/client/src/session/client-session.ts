import type { ClientFrame, WelcomeFrame } from '@wildcast/protocol/client'
import type { ClientClock, Undo } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'

/** How long a frame of the relay may stay unconfirmed, in milliseconds. */
const confirmAfterMs = 1_000
/** How long a relay keeps a session without a connection, in milliseconds, if it does not say. */
const defaultResumeMs = 60_000

/** What a session needs of the connection. */
export interface ClientSessionPorts {
  readonly clock: ClientClock
  /** Sends a frame, with its number if it counts. */
  send(frame: ClientFrame, number?: number): void
  /** The relay has forgotten the session: it has had no connection for too long. */
  expired(): void
}

/**
 * What client and relay say to each other, over one connection or several: both count the frames of
 * the other, so that equal counts mean equal content. It has one timer: connected, it confirms what
 * came; without a connection, it ends the session.
 */
export class ClientSession {
  readonly #ports: ClientSessionPorts
  readonly #timer: Timer
  #sent = 0
  /** The last of those that were sent. */
  #unconfirmed: ClientFrame[] = []
  #received = 0
  /** The numbers of those that are not handled yet. */
  readonly #held = new Set<number>()
  /** How many of the next have come before. */
  #repeats = 0
  /** Whether it will confirm within a second what has come. */
  #due = false
  /** Of those that were received. */
  #confirmed = 0
  /** Length of what is not confirmed. */
  #bytes = 0
  /** Bytes that the relay keeps for a resume: 0 if there is none, undefined before `Welcome`. */
  #resumeBytes: number | undefined
  /** Of no use before `Welcome`. */
  #resumeMs = 0
  #away = false

  constructor(ports: ClientSessionPorts) {
    this.#ports = ports
    this.#timer = openTimer(ports.clock)
  }

  /** Has lost its connection, and may come back. */
  get away(): boolean {
    return this.#away
  }

  /** Sends a frame that counts. Throws if it can not be encoded, and then does not count it. */
  send(frame: ClientFrame): void {
    this.#ports.send(frame, this.#sent + 1)
    this.#sent++
    if (this.#resumeBytes !== 0) this.#unconfirmed.push(frame)
  }

  /** The relay has handled so many frames; false if they were never sent. */
  confirm(count: number): boolean {
    const rest = this.#sent - count
    // A count that goes back removes nothing.
    if (rest >= 0) this.#unconfirmed.splice(0, this.#unconfirmed.length - rest)
    return rest >= 0
  }

  /** A frame of the relay that counts has come: handles it, unless it has come before. */
  handle(bytes: number = 0, run?: () => void): void {
    if (this.#repeats > 0) {
      this.#repeats--
      return
    }
    run?.()
    this.#received++
    this.#bytes += bytes
    if (this.#resumeBytes && this.#bytes >= this.#resumeBytes / 4) {
      this.#held.clear() // else the relay would write no more
      this.#confirm()
    } else this.#confirmSoon()
  }

  /** The frame that is being handled counts as handled when the returned function is called. */
  hold(): Undo {
    const number = this.#received + 1
    this.#held.add(number)
    return () => {
      if (this.#held.delete(number)) this.#confirmSoon()
    }
  }

  /**
   * How many frames of the relay have been handled. It sends the others again, which are passed
   * over if they have come.
   */
  claim(): number {
    const count = this.#handled()
    this.#repeats = this.#received - count
    return count
  }

  /** How many frames of the relay have been handled, which it learns now. */
  #handled(): number {
    const [first = this.#received + 1] = this.#held
    if (first > this.#received) this.#bytes = 0
    this.#confirmed = first - 1
    return this.#confirmed
  }

  #confirmSoon(): void {
    if (this.#due || this.#away || !this.#resumeBytes) return
    this.#due = true
    this.#timer.set(confirmAfterMs, () => this.#confirm())
  }

  #confirm(): void {
    if (this.#away) return
    this.#due = false
    this.#timer.stop()
    const before = this.#confirmed
    const count = this.#handled()
    if (count > before) this.#ports.send({ kind: 'Received', count })
  }

  /** The relay says what it keeps. */
  begin({ resume_bytes, resume_ms = defaultResumeMs }: WelcomeFrame['limits']): void {
    this.#resumeBytes = resume_bytes || 0
    this.#resumeMs = resume_ms
    if (!resume_bytes) this.#unconfirmed = []
  }

  /**
   * Goes on over another connection, if the relay does, and sends again what the relay has not got.
   */
  resume({ resumed, received }: WelcomeFrame): boolean {
    // What was confirmed before can't be sent again.
    if (!resumed || !this.confirm(received) || this.#unconfirmed.length < this.#sent - received) return false
    this.#away = false
    this.#timer.stop()
    let number = received
    for (const frame of this.#unconfirmed) this.#ports.send(frame, ++number)
    return true
  }

  /** The connection is lost. Returns whether the session may come back. */
  suspend(): boolean {
    if (!this.#resumeBytes) return false
    if (!this.#away)
      this.#timer.set(this.#resumeMs, () => {
        this.abandon()
        this.#ports.expired()
      })
    this.#away = true
    this.#due = false
    return true
  }

  /** The next loss of the connection, or of an attempt to come back, is the end. */
  abandon(): void {
    this.#resumeBytes = 0
  }

  /** Ends it: it sends nothing and does not come back. */
  end(): void {
    this.abandon()
    this.#timer.stop()
  }
}
