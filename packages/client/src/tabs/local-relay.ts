import type { ClientFrame, ConnectFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { tokenExpiredCode } from '../connection/to-close-error.js'
import { authenticateRef } from '../connection/token-renewal.js'
import { newKey } from '../publishing/key.js'
import type { Transport, TransportEvents, TransportKind } from '../transports/transport.js'

/** The actions of a tab's client. */
export interface LocalRelayEvents {
  /** The client connects with this token. */
  connect(token: string | undefined): void
  /** The client begins a new session: its earlier subscriptions have ended. */
  begin(): void
  frame(frame: ClientFrame): void
  /** The client is closed. */
  leave(): void
}

/** The `resume_bytes` of this session, which keeps all frames. */
const resumeBytes = 2 ** 40

/**
 * The relay for a tab's client. It gives the client a session of its own, over the shared one. It
 * outlives the shared connection, and closes the client's transport when that is lost, so that the
 * client has the same status.
 */
export class LocalRelay {
  readonly #events: LocalRelayEvents
  #transport: TransportEvents | undefined
  /** The `Connect` that waits for its answer. */
  #connect: ConnectFrame | undefined
  #welcome: WelcomeFrame | undefined
  #kind: TransportKind | undefined
  /** Whether this tab holds the shared connection. */
  #leads = false
  /** The key of the session. */
  #key: string | undefined
  /** Whether the client has received `Welcome`. */
  #isWelcomed = false
  #received = 0
  /** Frames that a client has sent before `Welcome`. */
  #early: ClientFrame[] = []
  /** Frames for a client that is not connected. */
  #waiting: RelayFrame[] = []

  constructor(events: LocalRelayEvents) {
    this.#events = events
  }

  /** Whether the client's transport is open or opening. */
  get isOpen(): boolean {
    return this.#transport !== undefined
  }

  open(events: TransportEvents): Transport {
    this.#transport = events
    this.#isWelcomed = false
    this.#connect = undefined
    this.#early = []
    const isCurrent = (): boolean => this.#transport === events
    queueMicrotask(() => isCurrent() && events.open())
    const kind = (): TransportKind | undefined => this.#kind
    const leads = (): boolean => this.#leads
    return {
      get kind() {
        return kind()
      },
      get leader() {
        return leads()
      },
      send: (frame) => {
        if (isCurrent()) this.#take(frame)
      },
      close: (code) => {
        if (isCurrent()) this.#transport = undefined
        if (code === 1000) this.#events.leave()
      },
    }
  }

  /** The shared connection is online. `leads` is whether this tab holds it. */
  welcome(welcome: WelcomeFrame, kind: TransportKind | undefined, leads: boolean): void {
    this.#welcome = welcome
    this.#kind = kind
    const isNew = leads !== this.#leads
    this.#leads = leads
    if (isNew && this.#isWelcomed) this.#transport?.leader?.(leads)
    this.#welcomeClient()
  }

  /** Delivers a frame that counts, now or after a reconnect of the client. */
  deliver(frame: RelayFrame): void {
    if (this.#transport && this.#isWelcomed) this.#transport.frame(frame)
    else if (this.#key !== undefined) this.#waiting.push(frame)
  }

  /**
   * Delivers a kept message that another tab has asked for: an equal subscription of this tab may
   * not receive it otherwise. No request has the ref -1.
   */
  deliverKept(frame: RelayFrame): void {
    if (frame.kind === 'Message' && frame.replayed) this.deliver({ ...frame, ref: -1 })
  }

  /**
   * Handles the relay's answer to `Authenticate`. After an `Ack`, the permissions of all tabs may
   * have changed. The tab with the connection renews the token.
   */
  renew({ kind }: RelayFrame): void {
    if (kind === 'Ack') this.deliver({ kind, ref: authenticateRef })
  }

  /** The shared session is lost. */
  forget(): void {
    this.#key = undefined
    this.#waiting = []
    this.drop(1006, 'the shared session of the tabs was lost')
  }

  /**
   * The shared connection is lost. A client that waits for `Welcome` keeps waiting, unless the
   * relay has refused it for good.
   */
  drop(code: number, reason: string): void {
    const transport = this.#transport
    this.#welcome = undefined
    if (!transport || (!this.#isWelcomed && code !== tokenExpiredCode && code < 4500)) return
    this.#transport = undefined
    transport.close({ code, reason })
  }

  #take(frame: ClientFrame): void {
    switch (frame.kind) {
      case 'Connect':
        this.#connect = frame
        this.#events.connect(frame.token)
        queueMicrotask(() => this.#welcomeClient())
        break
      case 'Received':
      case 'Pong':
        break
      default:
        if (this.#isWelcomed) this.#count(frame)
        else this.#early.push(frame)
    }
  }

  #count(frame: ClientFrame): void {
    if (frame.kind === 'Ping') queueMicrotask(() => this.deliver({ kind: 'Pong' }))
    else this.#events.frame(frame) // throws if it can't be sent, and then doesn't count it
    const count = ++this.#received
    queueMicrotask(() => this.#confirm(count))
  }

  /** Confirms the client's frames: the tab keeps them from now on. */
  #confirm(count: number): void {
    if (this.#isWelcomed && count === this.#received) this.#transport?.frame({ kind: 'Received', count })
  }

  #welcomeClient(): void {
    const connect = this.#connect
    const transport = this.#transport
    const welcome = this.#welcome
    if (!connect || !transport || !welcome) return
    this.#connect = undefined
    const resumed = this.#key !== undefined && connect.session === this.#key
    if (!resumed) {
      this.#key = newKey()
      this.#received = 0
      this.#waiting = []
      this.#events.begin()
    }
    this.#isWelcomed = true
    const limits = { ...welcome.limits, resume_bytes: resumeBytes }
    const own = { session: this.#key ?? '', expires_in: undefined, resumed, received: this.#received, limits }
    transport.frame({ ...welcome, ...own })
    for (const frame of this.#waiting.splice(0)) this.deliver(frame)
    for (const frame of this.#early.splice(0)) this.#count(frame)
  }
}
