import type { ClientFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import type { OpenTransport, Transport, TransportEvents, TransportKind } from '../transports/transport.js'
import type { Ledger } from './ledger.js'

/** The events of the shared session. */
export interface SharedTransportEvents {
  /** The next frame will be sent with this number. */
  ordered(number: number): void
  confirmed(sent: number): void
  /** A frame that counts was received; undefined if it is unreadable. */
  frame(frame: RelayFrame | undefined): void
  /** The session is lost. */
  lost(): void
}

/** The frames of a relay that don't count. */
const uncounted: ReadonlySet<string> = new Set(['Welcome', 'Ping', 'Received', 'GoingAway'])

/**
 * Resumes the session of an earlier leader on a new connection. Converts between the counts of the
 * connection, which begin with 0, and those of the session.
 */
export class SharedTransport {
  readonly #ledger: Ledger
  readonly #events: SharedTransportEvents
  /** The session to resume, until the relay has answered. */
  #claim: WelcomeFrame | undefined
  /** How many frames of the session were sent and received before this connection. */
  #sentBefore = 0
  #receivedBefore: number
  #received = 0
  #kind: TransportKind | undefined
  /** Whether `close` keeps the session for another leader. */
  keepsSession = false

  constructor(ledger: Ledger, received: number, events: SharedTransportEvents) {
    this.#ledger = ledger
    this.#events = events
    this.#receivedBefore = received
    if (ledger.welcome?.limits.resume_bytes) this.#claim = ledger.welcome
    else if (ledger.welcome) queueMicrotask(() => this.#loseSession())
  }

  /** The number of the relay's last frame. */
  get received(): number {
    return this.#receivedBefore + this.#received
  }

  get kind(): TransportKind | undefined {
    return this.#kind
  }

  /** The link has lost its session. */
  forget(): void {
    if (!this.#claim && this.#ledger.welcome) this.#loseSession()
  }

  /** Wraps a transport for the frames of the shared session. */
  over(open: OpenTransport): OpenTransport {
    return (events, settings) => {
      let isOver = false
      const close: TransportEvents['close'] = (how) => {
        isOver = true
        events.close(how)
      }
      const transport = open(
        {
          open: events.open,
          close,
          frame: (frame, bytes) => {
            if (!isOver) this.#receive(frame, { ...events, close, frame: (own) => events.frame(own, bytes) }, transport)
          },
          fault: (error, ref) => {
            if (isOver) return
            const { message } = error
            this.#count(
              ref === undefined ? undefined : { kind: 'Error', ref, code: 'interrupted', message, retry: true },
            )
            events.fault(error, ref)
          },
        },
        { ...settings, relay: this.#claim?.relay ?? settings.relay },
      )
      return {
        get kind() {
          return transport.kind
        },
        send: (frame, number) => this.#send(frame, number, transport),
        close: (code) => {
          isOver = true
          transport.close(this.keepsSession ? undefined : code)
        },
      }
    }
  }

  #send(frame: ClientFrame, number: number | undefined, transport: Transport): void {
    if (number !== undefined) {
      const shared = this.#sentBefore + number
      if (shared > this.#ledger.sent) this.#events.ordered(shared)
      transport.send(frame, shared)
    } else if (frame.kind === 'Connect') {
      const session = this.#claim?.session ?? frame.session
      const received = session === undefined ? undefined : this.#receivedBefore + (frame.received ?? 0)
      transport.send({ ...frame, session, received, shared: true })
    } else if (frame.kind === 'Received') transport.send({ ...frame, count: frame.count + this.#receivedBefore })
    else transport.send(frame)
  }

  #receive(frame: RelayFrame, events: TransportEvents, transport: Transport): void {
    this.#kind = transport.kind
    if (frame.kind === 'Welcome') this.#acceptWelcome(frame, events, transport)
    else if (frame.kind === 'Received') {
      this.#events.confirmed(frame.count)
      events.frame({ ...frame, count: Math.max(0, frame.count - this.#sentBefore) })
    } else {
      if (!uncounted.has(frame.kind)) this.#count(frame)
      events.frame(frame)
    }
  }

  #acceptWelcome(welcome: WelcomeFrame, events: TransportEvents, transport: Transport): void {
    const { resumed, received } = welcome
    if (!this.#claim) {
      events.frame({ ...welcome, received: received - this.#sentBefore })
      return
    }
    this.#claim = undefined
    if (!resumed) {
      this.#loseSession()
      events.frame(welcome)
    } else if (this.#ledger.confirm(received)) {
      this.#ledger.cut()
      this.#sentBefore = received
      events.frame({ ...welcome, resumed: false, received: 0 })
    } else {
      // The previous leader sent frames that no tab has recorded. Sending them again might
      // duplicate them.
      this.#loseSession()
      transport.close(1000)
      events.close({ code: 1006, reason: 'the frames that the previous tab sent are unknown' })
    }
  }

  #count(frame: RelayFrame | undefined): void {
    this.#received++
    this.#events.frame(frame)
  }

  #loseSession(): void {
    this.#claim = undefined
    this.#sentBefore = 0
    this.#receivedBefore = 0
    this.#received = 0
    this.#ledger.reset()
    this.#events.lost()
  }
}
