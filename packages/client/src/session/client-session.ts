import type { ClientFrame, WelcomeFrame } from '@wildcast/protocol/client'
import type { ClientClock, Undo } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'

/** How long a received frame may remain unconfirmed, in milliseconds. */
const confirmAfterMs = 1_000
/** How long a relay keeps a session without a connection by default, in milliseconds. */
const defaultResumeMs = 60_000

/** The functions of the connection that a session calls. */
export interface ClientSessionPorts {
  readonly clock: ClientClock
  /** Sends a frame, with its number if it counts. */
  send(frame: ClientFrame, number?: number): void
  /** The session was without a connection for as long as the relay keeps it. */
  expired(): void
}

/**
 * A session with the relay, over one or several connections. Each side counts the frames of the
 * other, so that equal counts mean equal content. The timer confirms received frames while
 * connected, and ends the session if it is disconnected for too long.
 */
export class ClientSession {
  readonly #ports: ClientSessionPorts
  readonly #timer: Timer
  #sent = 0
  /** The sent frames that the relay has not confirmed: the last of `#sent`. */
  #unconfirmed: ClientFrame[] = []
  #received = 0
  /** The numbers of received frames that are not handled yet. */
  readonly #held = new Set<number>()
  /** How many of the next frames were received before. */
  #repeats = 0
  /** Whether the timer will confirm received frames. */
  #willConfirm = false
  /** How many received frames the client has confirmed. */
  #confirmed = 0
  /** Bytes of the unconfirmed received frames. */
  #bytes = 0
  /** Bytes that the relay keeps for a resume: 0 if it can't resume, undefined before `Welcome`. */
  #resumeBytes: number | undefined
  /** Set by `Welcome`. */
  #resumeMs = 0
  #away = false

  constructor(ports: ClientSessionPorts) {
    this.#ports = ports
    this.#timer = openTimer(ports.clock)
  }

  /** Whether the connection is lost but the session may resume. */
  get away(): boolean {
    return this.#away
  }

  /** Sends a frame that counts. If it can't be encoded, throws and doesn't count it. */
  send(frame: ClientFrame): void {
    this.#ports.send(frame, this.#sent + 1)
    this.#sent++
    if (this.#resumeBytes !== 0) this.#unconfirmed.push(frame)
  }

  /** Handles the relay's confirmation of `count` sent frames. Returns false if fewer were sent. */
  confirm(count: number): boolean {
    const rest = this.#sent - count
    // A lower count than before removes nothing.
    if (rest >= 0) this.#unconfirmed.splice(0, this.#unconfirmed.length - rest)
    return rest >= 0
  }

  /** Runs the handler of a received frame that counts, unless the frame is a repeated one. */
  handle(bytes: number = 0, run?: () => void): void {
    if (this.#repeats > 0) {
      this.#repeats--
      return
    }
    run?.()
    this.#received++
    this.#bytes += bytes
    if (this.#resumeBytes && this.#bytes >= this.#resumeBytes / 4) {
      this.#held.clear() // otherwise the relay would stop sending
      this.#confirmReceived()
    } else this.#confirmReceivedSoon()
  }

  /** Delays the confirmation of the frame being handled until the returned function is called. */
  hold(): Undo {
    const number = this.#received + 1
    this.#held.add(number)
    return () => {
      if (this.#held.delete(number)) this.#confirmReceivedSoon()
    }
  }

  /**
   * Returns how many frames of the relay were handled, for the claim of the session. The relay then
   * sends the others again, and those that were received already are skipped.
   */
  claim(): number {
    const count = this.#handled()
    this.#repeats = this.#received - count
    return count
  }

  /** Returns how many frames of the relay were handled, and marks them as confirmed. */
  #handled(): number {
    const [first = this.#received + 1] = this.#held
    if (first > this.#received) this.#bytes = 0
    this.#confirmed = first - 1
    return this.#confirmed
  }

  #confirmReceivedSoon(): void {
    if (this.#willConfirm || this.#away || !this.#resumeBytes) return
    this.#willConfirm = true
    this.#timer.set(confirmAfterMs, () => this.#confirmReceived())
  }

  #confirmReceived(): void {
    if (this.#away) return
    this.#willConfirm = false
    this.#timer.stop()
    const before = this.#confirmed
    const count = this.#handled()
    if (count > before) this.#ports.send({ kind: 'Received', count })
  }

  /** Sets the relay's limits for a resume. */
  begin({ resume_bytes, resume_ms = defaultResumeMs }: WelcomeFrame['limits']): void {
    this.#resumeBytes = resume_bytes || 0
    this.#resumeMs = resume_ms
    if (!resume_bytes) this.#unconfirmed = []
  }

  /**
   * Resumes on a new connection, and sends again the frames that the relay has not received.
   * Returns false if the session can't be resumed.
   */
  resume({ resumed, received }: WelcomeFrame): boolean {
    // Confirmed frames can't be sent again.
    if (!resumed || !this.confirm(received) || this.#unconfirmed.length < this.#sent - received) return false
    this.#away = false
    this.#timer.stop()
    let number = received
    for (const frame of this.#unconfirmed) this.#ports.send(frame, ++number)
    return true
  }

  /** Handles the loss of the connection. Returns whether the session may resume. */
  suspend(): boolean {
    if (!this.#resumeBytes) return false
    if (!this.#away)
      this.#timer.set(this.#resumeMs, () => {
        this.abandon()
        this.#ports.expired()
      })
    this.#away = true
    this.#willConfirm = false
    return true
  }

  /** Makes the next loss of the connection, or the next failed attempt to resume, final. */
  abandon(): void {
    this.#resumeBytes = 0
  }

  /** Ends the session: it sends nothing and can't resume. */
  end(): void {
    this.abandon()
    this.#timer.stop()
  }
}
