import type { ClientFrame, ConnectFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { newKey } from '../publishing/key.js'
import type { Transport, TransportEvents, TransportKind } from '../transports/transport.js'

/** What the client of a tab says. */
export interface LocalRelayEvents {
  /** The client is there, and has this token. */
  connect(token: string | undefined): void
  /** The client begins a new session: what it had is over. */
  begin(): void
  frame(frame: ClientFrame): void
  /** The client is closed. */
  leave(): void
}

/** Bytes that this session says it keeps: it keeps all. */
const resumeBytes = 2 ** 40

/**
 * The relay that the client of a tab sees. Its session is the client's own: the shared one is below
 * it. It outlives the losses of the connection, so that the client has the status of that.
 */
export class LocalRelay {
  readonly #events: LocalRelayEvents
  #transport: TransportEvents | undefined
  /** The `Connect` that waits for its answer. */
  #connect: ConnectFrame | undefined
  #welcome: WelcomeFrame | undefined
  #kind: TransportKind | undefined
  /** That of the session. */
  #key: string | undefined
  /** Whether the client is connected. */
  #isGreeted = false
  #received = 0
  /** What a client that begins has said behind its `Connect`. */
  #early: ClientFrame[] = []
  /** What came while the client was not connected. */
  #waiting: RelayFrame[] = []

  constructor(events: LocalRelayEvents) {
    this.#events = events
  }

  /** Whether the client has opened a way, or is about to. */
  get isOpen(): boolean {
    return this.#transport !== undefined
  }

  open(events: TransportEvents): Transport {
    this.#transport = events
    this.#isGreeted = false
    this.#connect = undefined
    this.#early = []
    const isCurrent = (): boolean => this.#transport === events
    queueMicrotask(() => isCurrent() && events.open())
    const kind = (): TransportKind | undefined => this.#kind
    return {
      get kind() {
        return kind()
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

  /** The relay can be reached. */
  welcome(welcome: WelcomeFrame, kind: TransportKind | undefined): void {
    this.#welcome = welcome
    this.#kind = kind
    this.#greet()
  }

  /** A frame that counts has come. */
  deliver(frame: RelayFrame): void {
    if (this.#transport && this.#isGreeted) this.#transport.frame(frame)
    else if (this.#key !== undefined) this.#waiting.push(frame)
  }

  /** The session is lost. */
  forget(): void {
    this.#key = undefined
    this.#waiting = []
    this.drop(1006, 'the session that the tabs share was lost')
  }

  /**
   * The relay can't be reached. A client that waits for it goes on waiting, unless it is refused
   * for good.
   */
  drop(code: number, reason: string): void {
    const transport = this.#transport
    this.#welcome = undefined
    if (!transport || (!this.#isGreeted && code < 4500)) return
    this.#transport = undefined
    transport.close({ code, reason })
  }

  #take(frame: ClientFrame): void {
    switch (frame.kind) {
      case 'Connect':
        this.#connect = frame
        this.#events.connect(frame.token)
        queueMicrotask(() => this.#greet())
        break
      case 'Received':
      case 'Pong':
        break
      default:
        if (this.#isGreeted) this.#count(frame)
        else this.#early.push(frame)
    }
  }

  #count(frame: ClientFrame): void {
    if (frame.kind === 'Ping') queueMicrotask(() => this.deliver({ kind: 'Pong' }))
    else this.#events.frame(frame) // throws if it can't be sent: then it does not count
    const count = ++this.#received
    queueMicrotask(() => this.#confirm(count))
  }

  /** The tab is responsible for what the client has sent from here on. */
  #confirm(count: number): void {
    if (this.#isGreeted && count === this.#received) this.#transport?.frame({ kind: 'Received', count })
  }

  #greet(): void {
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
    this.#isGreeted = true
    const limits = { ...welcome.limits, resume_bytes: resumeBytes }
    transport.frame({ ...welcome, session: this.#key ?? '', resumed, received: this.#received, limits })
    for (const frame of this.#waiting.splice(0)) this.deliver(frame)
    for (const frame of this.#early.splice(0)) this.#count(frame)
  }
}
