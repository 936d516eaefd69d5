import type { ClientFrame, ConnectFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { type Alarm, openAlarm } from '../time/alarm.js'
import type { Clock } from '../time/clock.js'
import { ReceivedFrames } from './received-frames.js'
import { SentFrames } from './sent-frames.js'

/** How long a relay keeps a session without a connection, in milliseconds, if it does not say. */
const defaultResumeMs = 60_000

/** What a session needs of the connection. */
export interface SessionPorts {
  readonly clock: Clock
  /** Sends a frame with its number; one that does not count has that of the next that does. */
  send(frame: ClientFrame, number: number): void
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
  readonly #sent = new SentFrames()
  readonly #received = new ReceivedFrames()
  #welcome: WelcomeFrame | undefined
  /** Bytes that the relay keeps for a resume: 0 if there is none, undefined before `Welcome`. */
  #resumeBytes: number | undefined
  #away = false

  constructor(ports: SessionPorts) {
    this.#ports = ports
    this.#alarm = openAlarm(ports.clock)
  }

  /** Has lost its connection, and may come back. */
  get away(): boolean {
    return this.#away
  }

  /** The relay to come back to. */
  get relay(): string | undefined {
    return this.#away ? this.#welcome?.relay : undefined
  }

  /** What `Connect` says of a session to come back to. */
  claim(): Pick<ConnectFrame, 'session' | 'received'> | undefined {
    return this.#away ? { session: this.#welcome?.session, received: this.#received.confirm() } : undefined
  }

  /** Sends a frame that counts. Throws if it can not be encoded, and then does not count it. */
  send(frame: ClientFrame): void {
    this.sendUncounted(frame)
    this.#sent.add(frame, this.#resumeBytes !== 0)
  }

  sendUncounted(frame: ClientFrame): void {
    this.#ports.send(frame, this.#sent.next)
  }

  /** A frame of the relay that counts has been handled. */
  handled(bytes: number = 0): void {
    const resumeBytes = this.#resumeBytes ?? 0
    const waitMs = this.#received.add(bytes, resumeBytes / 4)
    if (this.#away || !resumeBytes || waitMs === undefined) return
    const confirm = (): void => this.sendUncounted({ kind: 'Received', count: this.#received.confirm() })
    this.#alarm.stop()
    if (waitMs) this.#alarm.set(waitMs, confirm)
    else confirm()
  }

  /** The relay has handled so many frames; false if they were never sent. */
  confirm(count: number): boolean {
    return this.#sent.confirm(count)
  }

  /** The relay says what it keeps. */
  begin(welcome: WelcomeFrame): void {
    this.#welcome = welcome
    this.#resumeBytes = welcome.limits.resume_bytes || 0
    if (!this.#resumeBytes) this.#sent.confirm(this.#sent.next - 1)
  }

  /** Goes on over another connection, if the relay does, and sends again what the relay has not got. */
  resume(welcome: WelcomeFrame): boolean {
    const { resumed, received } = welcome
    const frames = resumed ? this.#sent.after(received) : undefined
    if (!frames) return false
    this.#away = false
    this.#alarm.stop()
    for (const [i, frame] of frames.entries()) this.#ports.send(frame, received + 1 + i)
    return true
  }

  /** The connection is lost. Returns whether the session may come back. */
  leave(): boolean {
    if (this.#resumeBytes && !this.#away) {
      this.#away = true
      this.#alarm.set(this.#welcome?.limits.resume_ms ?? defaultResumeMs, () => {
        this.abandon()
        this.#ports.expired()
      })
    }
    return !!this.#resumeBytes
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
