import type { Clock, InMemorySocket, InMemorySocketEvent, InMemorySocketEventType } from '@wildcast/relay/core'
import { Delayed } from './delayed.js'

/** The network of a socket. */
export interface SocketPorts {
  readonly clock: Clock
  /** The time that a message takes, in milliseconds. */
  delayMs(): number
  /** Opens the connection itself. */
  open(protocols: string | string[]): InMemorySocket
  /** The client sends a message. */
  sent(data: string | Uint8Array): void
}

/** A `WebSocket` of a client, over a network with faults. */
export class TestSocket {
  binaryType = 'arraybuffer'
  readonly #ports: SocketPorts
  readonly #socket: InMemorySocket
  readonly #outward: Delayed
  readonly #inward: Delayed

  constructor(ports: SocketPorts, protocols: string | string[] = []) {
    this.#ports = ports
    this.#outward = new Delayed(ports.clock, ports.delayMs)
    this.#inward = new Delayed(ports.clock, ports.delayMs)
    this.#socket = ports.open(protocols)
    this.#socket.addEventListener('close', ({ code }) => {
      if (code !== lostCode) return
      this.#outward.drop()
      this.#inward.drop()
    })
  }

  addEventListener(type: InMemorySocketEventType, listener: (event: InMemorySocketEvent) => void): void {
    this.#socket.addEventListener(type, (event) => {
      if (type === 'open' || event.code === lostCode) listener(event)
      else this.#inward.run(() => listener(event))
    })
  }

  send(data: string | Uint8Array): void {
    this.#ports.sent(data)
    this.#outward.run(() => this.#socket.send(data))
  }

  close(code?: number): void {
    this.#outward.run(() => this.#socket.close(code))
  }
}

/** RFC 6455, 7.4.1: the connection was lost. */
const lostCode = 1006
