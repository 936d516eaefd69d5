import type { Socket } from 'node:net'
import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Broker } from '../../core/broker.js'
import { Cancel } from '../../core/cancel.js'
import { failureBody, messageBody, noBody, readInterest, readMessage, readNumber, readRequest } from './bodies.js'
import { frameReader, type Kind, kinds } from './frames.js'
import { type InSequence, inSequence } from './in-sequence.js'
import type { LastBody } from './last-body.js'
import { type Speak, speaker } from './speaker.js'

export interface VisitorPorts {
  readonly broker: Broker
  readonly bodies: LastBody
}

/**
 * A relay that reads so much slower than messages come is hung up on: it comes back, and tells its
 * clients of the gap.
 */
const mostBacklogBytes = 64 * 1024 * 1024

/**
 * A relay's link, as the process of a memory broker sees it. With its end all is undone that was
 * asked for over it.
 */
export class Visitor {
  readonly #socket: Socket
  readonly #ports: VisitorPorts
  readonly #speak: Speak
  readonly #incoming: InSequence = inSequence((kind, number, body) => this.#hear(kind, number, body))
  readonly #subscriptions: Map<number, Promise<() => Promise<void>>> = new Map()
  readonly #requests: Map<number, Cancel> = new Map()

  constructor(socket: Socket, ports: VisitorPorts) {
    this.#socket = socket
    this.#ports = ports
    this.#speak = speaker(socket)
    socket.on('data', frameReader(this.#incoming.take))
    // Its end says all that there is to know.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave())
  }

  #hear(kind: Kind, number: number, body: Uint8Array): void {
    switch (kind) {
      case kinds.subscribe:
        this.#answer(number, this.#subscribe(number, body))
        this.#incoming.hold()
        return
      case kinds.unsubscribe:
        this.#answer(number, this.#unsubscribe(readNumber(body)))
        return
      case kinds.publish:
        this.#answer(number, this.#publish(body))
        return
      case kinds.request:
        void this.#request(number, body)
        return
      case kinds.cancel:
        this.#requests.get(number)?.abort(new WildcastError('interrupted', 'whoever asked has left'))
        return
      case kinds.ping:
        this.#speak(kinds.done, number, noBody)
    }
  }

  /** Says what became of something. */
  #answer(number: number, work: Promise<unknown>): void {
    work.then(
      () => this.#speak(kinds.done, number, noBody),
      (cause) => this.#speak(kinds.failed, number, failureBody(cause)),
    )
  }

  async #subscribe(number: number, body: Uint8Array): Promise<void> {
    const subscribed = this.#ports.broker.subscribe(readInterest(body), {
      deliver: (message) => this.#deliver(number, message),
      ended: () => {}, // memory never ends one by itself
    })
    this.#subscriptions.set(number, subscribed)
    await subscribed.catch((cause) => {
      this.#subscriptions.delete(number)
      throw cause
    })
  }

  async #unsubscribe(number: number): Promise<void> {
    const subscribed = this.#subscriptions.get(number)
    this.#subscriptions.delete(number)
    await (await subscribed)?.()
  }

  #deliver(number: number, message: BrokerMessage): void {
    this.#speak(kinds.message, number, this.#ports.bodies.of(message))
    if (this.#socket.writableLength > mostBacklogBytes) this.#socket.destroy()
  }

  async #publish(body: Uint8Array): Promise<void> {
    const message = readMessage(body)
    this.#ports.bodies.know(message, body)
    return this.#ports.broker.publish(message)
  }

  async #request(number: number, body: Uint8Array): Promise<void> {
    const { message, timeoutMs } = readRequest(body)
    const cancel = new Cancel()
    this.#requests.set(number, cancel)
    const onPart = (part: BrokerMessage): void => this.#speak(kinds.part, number, messageBody(part))
    try {
      const last = await this.#ports.broker.request?.(message, { timeoutMs, signal: cancel, onPart })
      if (last) this.#speak(kinds.answer, number, messageBody(last))
    } catch (cause) {
      this.#speak(kinds.failed, number, failureBody(cause))
    } finally {
      this.#requests.delete(number)
    }
  }

  #leave(): void {
    for (const cancel of this.#requests.values()) cancel.abort(new WildcastError('interrupted', 'the relay has left'))
    for (const number of [...this.#subscriptions.keys()]) void this.#unsubscribe(number)
  }
}
