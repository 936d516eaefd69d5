import type { ClientFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { type Alarm, openAlarm } from '../time/alarm.js'
import type { Clock } from '../time/clock.js'

/** How long a frame of the relay may stay unconfirmed, in milliseconds. */
const confirmAfterMs = 1_000
/** How long a relay keeps a session without a connection, in milliseconds, if it does not say. */
const defaultResumeMs = 60_000

/** What a session needs of the connection. */
export interface SessionPorts {
  readonly clock: Clock
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
export class Session {
  readonly #ports: SessionPorts
  readonly #alarm: Alarm
  #sent = 0
  /** The last of those that were sent. */
  #unconfirmed: ClientFrame[] = []
  #received = 0
  /** Of those that were received. */
  #confirmed = 0
  /** Length of what is not confirmed. */
  #bytes = 0
  /** Bytes that the relay keeps for a resume: 0 if there is none, undefined before `Welcome`. */
  #resumeBytes: number | undefined
  #resumeMs = defaultResumeMs
  #away = false

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.#alarm = openAlarm(ports.clock)
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

  /** A frame of the relay that counts has been handled. */
  handled(bytes: number = 0): void {
    const isFirst = this.#received++ === this.#confirmed
    this.#bytes += bytes
    if (this.#away || !this.#resumeBytes) return
    const confirm = (): void => this.#ports.send({ kind: 'Received', count: this.received() })
    if (this.#bytes >= this.#resumeBytes / 4) {
      this.#alarm.stop()
      confirm()
    } else if (isFirst) this.#alarm.set(confirmAfterMs, confirm)
  }

  /** How many frames of the relay have been handled, which it learns now. */
  received(): number {
    this.#bytes = 0
    this.#confirmed = this.#received
    return this.#received
  }

  /** The relay says what it keeps. */
  begin({ resume_bytes, resume_ms = defaultResumeMs }: WelcomeFrame['limits']): void {
    this.#resumeBytes = resume_bytes || 0
    this.#resumeMs = resume_ms
    if (!resume_bytes) this.#unconfirmed = []
  }

  /** Goes on over another connection, if the relay does, and sends again what the relay has not got. */
  resume({ resumed, received }: WelcomeFrame): boolean {
    // What was confirmed before can't be sent again.
    if (!resumed || !this.confirm(received) || this.#unconfirmed.length < this.#sent - received) return false
    this.#away = false
    this.#alarm.stop()
    for (const [i, frame] of this.#unconfirmed.entries()) this.#ports.send(frame, received + 1 + i)
    return true
  }

  /** The connection is lost. Returns whether the session may come back. */
  leave(): boolean {
    if (!this.#resumeBytes) return false
    if (!this.#away)
      this.#alarm.set(this.#resumeMs, () => {
        this.abandon()
        this.#ports.expired()
      })
    this.#away = true
    return true
  }

  /** The next loss of the connection, or of an attempt to come back, is the end. */
  abandon(): void {
    this.#resumeBytes = 0
  }

  /** Ends it: it sends nothing and does not come back. */
  end(): void {
    this.abandon()
    this.#alarm.stop()
  }
}
