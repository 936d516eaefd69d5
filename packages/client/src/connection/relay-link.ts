import type { ClientFrame, RelayFrame, WelcomeFrame, WildcastError } from '@wildcast/protocol/client'
import type { ReportError } from '../app/report-error.js'
import { ClientSession } from '../session/client-session.js'
import { openTimer, type Timer } from '../time/timer.js'
import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transports/transport.js'
import { step } from './connection.js'
import type { ConnectionEvent, ConnectionState } from './connection-step.js'
import { interrupted } from './interrupted.js'
import type { LinkEvents } from './link-events.js'
import type { Status } from './status.js'
import { toCloseError } from './to-close-error.js'
import { TokenRenewal } from './token-renewal.js'
import type { TokenSource } from './token-source.js'
import { isVisible } from './wake.js'

/** Settings of a link to the relay. */
export interface RelayLinkSettings extends TransportSettings {
  readonly tokens: TokenSource
  readonly loadTransport: () => OpenTransport | Promise<OpenTransport>
  readonly fault: ReportError
}

const clientName = 'wildcast-js/0.1.0'
/** The close code after an unreadable message: the frames that follow can't be counted. */
const invalidFrame = 4400
/** How long to wait for a frame of the relay, at least and at most. A loss takes two waits. */
const minProbeMs = 1_500
const maxProbeMs = 12_000
/** If a timer fires later than this, the machine or the page has slept. */
const lateMs = 5_000

/**
 * The link to the relay: connects, reconnects, and resumes the session. Executes the effects of
 * `step`, with one attempt at a time and one timer.
 */
export class RelayLink {
  readonly #settings: RelayLinkSettings
  readonly #events: LinkEvents
  readonly #timer: Timer
  readonly #token: TokenRenewal
  #connection: ConnectionState
  #status: Status
  #welcome: WelcomeFrame | undefined
  #transport: Transport | undefined
  /** Whether frames that count can be sent. */
  #isOpen = false
  #session: ClientSession
  /** Changes when an attempt or a connection is dropped: its later events are ignored. */
  #attempt = 0
  #aliveAt = 0
  /** Doubles each time a relay is given up, until a frame is received: messages may be slow. */
  #probeMs = minProbeMs
  #dueAt = 0 // of the timer
  /** The relay is still sending the frames that it kept for the session. */
  #catchingUp = false

  constructor(settings: RelayLinkSettings, events: LinkEvents) {
    this.#settings = settings
    this.#events = events
    this.#timer = openTimer(settings.clock)
    this.#token = new TokenRenewal({ ...settings, send: (frame) => this.send(frame) })
    this.#session = this.#openSession()
    this.#status = this.#connection = { state: 'idle', since: settings.clock.now() }
  }

  get status(): Status {
    return this.#status
  }

  /** The final refusal of the relay, if there is one. */
  get refusal(): WildcastError | undefined {
    return this.#status.state === 'closed' ? this.#status.reason : undefined
  }

  get welcome(): WelcomeFrame | undefined {
    return this.#welcome
  }

  /** Whether the connection is lost but the session may resume. */
  get away(): boolean {
    return this.#session.away
  }

  /** Whether the relay has sent all frames that it kept for the session. */
  get current(): boolean {
    return !this.away && !this.#catchingUp
  }

  /** When the last frame of the relay was received, in milliseconds since 1970. */
  get aliveAt(): number {
    return this.#aliveAt
  }

  /**
   * Sends a frame that counts. Returns false if that is not possible now. Throws if the frame can't
   * be encoded.
   */
  send(frame: ClientFrame): boolean {
    if (this.#isOpen) {
      this.#session.send(frame)
      // The timers of a hidden page are late. The page probes the relay when it becomes visible.
      if (isVisible()) this.#dispatch({ type: 'sent' })
    }
    return this.#isOpen
  }

  connect(): void {
    this.#dispatch({ type: 'wanted' })
  }

  /** Probes the relay after a sleep. */
  wake(): void {
    this.#check('woke')
  }

  /** Closes the connection, not the session: a page with an open connection can't be cached. */
  suspend(): void {
    if (this.#connection.state === 'online')
      this.#dispatch({ type: 'failed', reason: interrupted('the page was left') })
  }

  /** Delays the confirmation of the frame being received until the returned function is called. */
  hold(): () => void {
    return this.#session.hold()
  }

  close(): void {
    this.#dispatch({ type: 'ended' })
  }

  /** Whether a frame of the relay is awaited. */
  get #isProbing(): boolean {
    return this.#connection.state === 'online' && this.#connection.wait !== undefined
  }

  #dispatch(event: ConnectionEvent): void {
    const { clock, fault } = this.#settings
    const facts = { now: clock.now(), chance: clock.random(), probeMs: this.#probeMs }
    const { to, lost, armMs, probe, open, notify, report } = step(this.#connection, event, facts)
    const { state, since } = this.#status
    const changed = to.state !== state || to.since !== since || event.type === 'leader'
    if (lost && this.#isProbing) this.#probeMs = Math.min(this.#probeMs * 2, maxProbeMs)
    this.#connection = to
    if (changed) this.#status = to
    if (lost) {
      this.#attempt++
      this.#isOpen = false
      this.#transport?.close(to.state === 'closed' ? 1000 : undefined)
      this.#timer.stop()
      this.#token.stop()
    }
    if (armMs !== undefined) {
      this.#dueAt = facts.now + armMs
      this.#timer.set(armMs, () => this.#check('fired'))
    }
    if (probe) this.#session.send({ kind: 'Ping' })
    if (open) void this.#open()
    if (notify && !this.away) this.#events[notify]()
    if (lost) {
      if (to.state === 'closed' || !this.#session.suspend()) this.#loseSession(lost)
      if (report) fault(lost, report)
    }
    if (changed && this.#status === to) this.#events.status(to) // a callback may have reported a later status
  }

  /** Replaces the session. Everything in flight is lost. */
  #loseSession(reason: WildcastError = interrupted('the relay did not keep the session')): void {
    this.#session.end()
    this.#session = this.#openSession()
    this.#events.lost(reason)
  }

  #openSession(): ClientSession {
    return new ClientSession({
      clock: this.#settings.clock,
      send: (frame, number) => this.#transport?.send(frame, number),
      expired: () => {
        const connection = this.#connection
        // After a claim, the relay's answer decides.
        if (connection.state !== 'connecting' || connection.stage !== 'welcome') this.#loseSession()
      },
    })
  }

  #check(type: 'fired' | 'woke'): void {
    const now = this.#settings.clock.now()
    this.#aliveAt = Math.min(this.#aliveAt, now) // the clock may have been set back
    this.#dispatch({ type, silentMs: now - this.#aliveAt, late: now - this.#dueAt > lateMs })
  }

  /**
   * Makes one attempt: gets a token, then opens a transport, whose `open` event sends `Connect`.
   */
  async #open(): Promise<void> {
    const attempt = this.#attempt
    const isCurrent = (): boolean => attempt === this.#attempt
    try {
      const token = await this.#token.next()
      if (!isCurrent()) return
      this.#token.show(token)
      this.#dispatch({ type: 'token' })
      const openTransport = await this.#settings.loadTransport()
      if (!isCurrent()) return
      const relay = this.away ? this.#welcome?.relay : undefined
      this.#transport = openTransport(this.#eventsOf(isCurrent, token), { ...this.#settings, relay })
    } catch (cause) {
      if (isCurrent()) this.#dispatch({ type: 'failed', ...this.#token.failed(cause) })
    }
  }

  #eventsOf(isCurrent: () => boolean, token: string | undefined): TransportEvents {
    return {
      open: () => {
        if (!isCurrent()) return
        const claim = this.away && { session: this.#welcome?.session, received: this.#session.claim() }
        this.#transport?.send({ kind: 'Connect', token, client: clientName, ...claim })
        // After the claim of a session, no frame may be sent before the relay has answered.
        this.#isOpen = !claim
        this.#dispatch({ type: 'opened' })
      },
      frame: (frame, bytes) => {
        if (isCurrent()) this.#receive(frame, bytes)
      },
      fault: (error, ref) => {
        this.#settings.fault(error, 'protocol')
        if (!isCurrent()) return
        const message = `unreadable: ${error.message}`
        if (ref === undefined) this.#session.handle()
        else this.#receive({ kind: 'Error', ref, code: 'interrupted', message, retry: true })
      },
      leader: (leader) => isCurrent() && this.#dispatch({ type: 'leader', leader }),
      close: ({ code, reason }) => {
        if (!isCurrent()) return
        if (code === invalidFrame) this.#session.abandon()
        const noWelcome = this.#connection.state === 'connecting' && `no Welcome (${code}): is a relay there?`
        this.#dispatch({ type: 'failed', ...this.#token.judge(toCloseError(code, reason || noWelcome || '')) })
      },
    }
  }

  #receive(frame: RelayFrame, bytes?: number): void {
    this.#aliveAt = this.#settings.clock.now()
    if (frame.kind !== 'Welcome') this.#probeMs = minProbeMs
    if (this.#isProbing) this.#dispatch({ type: 'received' })
    const session = this.#session
    switch (frame.kind) {
      case 'Ping':
        this.#transport?.send({ kind: 'Pong' })
        break
      case 'GoingAway':
        this.#dispatch({ type: 'goingAway', window: frame.reconnect_in })
        break
      case 'Welcome':
        this.#acceptWelcome(frame)
        break
      case 'Received':
        if (!session.confirm(frame.count)) this.#rejectCount()
        break
      default:
        // Before `Welcome` the relay sends only a refusal, and then closes for the same reason.
        if (this.#connection.state !== 'online') break
        session.handle(bytes, () => {
          if (frame.kind === 'Pong') this.#catchingUp = false
          if (!this.#token.receive(frame)) this.#events.frame(frame, this.#aliveAt)
          else if (frame.kind === 'Ack') this.#events.renewed()
        })
    }
  }

  #acceptWelcome(welcome: WelcomeFrame): void {
    this.#welcome = welcome
    const session = this.#session
    this.#catchingUp = session.away
    if (session.away && !session.resume(welcome)) {
      if (welcome.resumed) {
        this.#rejectCount()
        return
      }
      this.#loseSession()
      if (this.#connection.state !== 'connecting') return // a callback has closed the client
    }
    this.#session.begin(welcome.limits)
    this.#isOpen = true
    if (session !== this.#session) {
      this.#catchingUp = false
      this.#events.opened()
    } else if (this.#catchingUp) session.send({ kind: 'Ping' }) // answered after the kept frames
    this.#token.accepted(welcome.expires_in)
    this.#dispatch({ type: 'welcomed', pingMs: welcome.ping, transport: this.#transport })
  }

  /** Gives up the session: the relay's count doesn't match the frames that were sent. */
  #rejectCount(): void {
    const reason = interrupted('the relay confirmed unsent frames')
    this.#session.abandon()
    if (this.#connection.state === 'online') this.#settings.fault(reason, 'protocol')
    this.#dispatch({ type: 'failed', reason }) // also reports it while connecting
  }
}
