import { type OpenTransport, type TransportEvents, websocketTransport } from '@wildcast/client'
import { type ClientFrame, jsonCodec, readClientFrame } from '@wildcast/protocol'
import type { InMemorySocket } from '@wildcast/relay/core'
import type { TestClock } from './clock.js'
import { type SocketPorts, TestSocket } from './test-socket.js'

/** `ws:`, since a client checks its URL. */
export const testUrl = 'ws://relay.test'

/** Ports of a line. */
export interface TestLinePorts {
  readonly clock: TestClock
  /** Opens the client's end of a connection to the present relay. */
  readonly open: SocketPorts['open']
  /** The client sends frames. */
  sent(frames: readonly ClientFrame[]): void
}

type Transport = ReturnType<OpenTransport>

/** The network between a client and the relay. */
export class TestLine {
  /** The time that a message takes, in milliseconds. */
  delayMs = 0
  /** For `createClient`. */
  readonly transport: OpenTransport
  readonly #clock: TestClock
  readonly #sockets: Set<InMemorySocket> = new Set()
  readonly #releases: Set<() => void> = new Set()
  /** By connection: ends it for good. Undefined when the relay is closed. */
  #ends: Set<() => void> | undefined = new Set()
  #offlineUntil = Number.NEGATIVE_INFINITY
  #slow = 0

  constructor({ clock, open, sent }: TestLinePorts) {
    this.#clock = clock
    const ports: SocketPorts = {
      clock,
      delayMs: () => this.delayMs,
      open: (protocols) => this.#opened(open(protocols)),
      sent: (data) => sent(framesIn(data)),
    }
    class WebSocket extends TestSocket {
      constructor(_url: string, protocols?: string | string[]) {
        super(ports, protocols)
      }
    }
    this.transport = (events, settings) =>
      this.#openTransport(events, (own) => websocketTransport(own, { ...settings, url: testUrl, WebSocket }))
  }

  /** The number of connections that are open or opening. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Loses the connection. None can be opened for that time. */
  cut(forMs: number): void {
    this.#offlineUntil = Math.max(this.#offlineUntil, this.#clock.now() + forMs)
    for (const socket of this.#sockets) socket.cut()
  }

  /** The relay is closed: the client comes back no more, and what it awaits is settled. */
  end(): void {
    const ends = this.#ends
    this.#ends = undefined
    for (const end of ends ?? []) end()
  }

  /** The client reads nothing until the undo is called. */
  slow(): () => void {
    this.#slow++
    for (const socket of this.#sockets) this.#releases.add(socket.hold())
    let over = false
    return () => {
      if (over) return
      over = true
      if (--this.#slow > 0) return
      for (const release of this.#releases) release()
      this.#releases.clear()
    }
  }

  #openTransport(events: TransportEvents, open: (own: TransportEvents) => Transport): Transport {
    const close = (): void => events.close(closedForGood)
    const ends = this.#ends
    if (!ends) {
      void Promise.resolve().then(close)
      return { send: () => {}, close: () => {} }
    }
    ends.add(close)
    const unlessOver = (run: () => void): void => {
      if (this.#ends) run()
    }
    return open({
      open: () => unlessOver(() => events.open()),
      frame: (frame, bytes) => unlessOver(() => events.frame(frame, bytes)),
      fault: (error, ref) => unlessOver(() => events.fault(error, ref)),
      close: (how) =>
        unlessOver(() => {
          ends.delete(close)
          events.close(how)
        }),
    })
  }

  #opened(socket: InMemorySocket): InMemorySocket {
    this.#sockets.add(socket)
    socket.addEventListener('close', () => this.#sockets.delete(socket))
    socket.addEventListener('open', () => {
      if (this.#slow > 0) this.#releases.add(socket.hold())
    })
    if (this.#clock.now() < this.#offlineUntil) socket.cut()
    return socket
  }
}

/** From 4500 on a client does not reconnect: docs/protocol.md, Errors. */
const closedForGood = { code: 4500, reason: 'the test relay was closed' }

function framesIn(data: string | Uint8Array): ClientFrame[] {
  return [...(jsonCodec.batches?.split(data) ?? [data])].map((frame) => readClientFrame(jsonCodec.decode(frame)))
}
