import type { Socket } from 'node:net'
import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Broker } from '../../core/broker.js'
import { Cancel } from '../../core/cancel.js'
import type { Clock } from '../../core/clock.js'
import { failureBody, messageBody, noBody, readInterest, readMessage, readNumber, readRequest } from './bodies.js'
import type { BodyCache } from './body-cache.js'
import { frameWriter, type WriteFrame } from './frame-writer.js'
import { frameReader, type Kind, kinds } from './frames.js'
import { type InSequence, inSequence } from './in-sequence.js'
import { PageQueue } from './page-queue.js'
import { ServedHistory } from './served-history.js'
import { ServedValues } from './served-values.js'

export interface RelayConnectionPorts {
  readonly broker: Broker
  readonly bodies: BodyCache
  readonly clock: Pick<Clock, 'endOfTurn'>
}

/**
 * A relay with a longer backlog is disconnected. It reconnects, and reports the gap to its clients.
 */
const mostBacklogBytes = 64 * 1024 * 1024

/**
 * The connection of a relay, in the process of a memory broker. Its end ends its subscriptions and
 * requests.
 */
export class RelayConnection {
  readonly #socket: Socket
  readonly #ports: RelayConnectionPorts
  readonly #write: WriteFrame
  readonly #values: ServedValues | undefined
  readonly #history: ServedHistory
  readonly #incoming: InSequence = inSequence((kind, number, body) => this.#receive(kind, number, body))
  readonly #subscriptions: Map<number, Promise<() => Promise<void>>> = new Map()
  readonly #requests: Map<number, Cancel> = new Map()

  constructor(socket: Socket, ports: RelayConnectionPorts) {
    this.#socket = socket
    this.#ports = ports
    this.#write = frameWriter(socket)
    const { values, history } = ports.broker
    const pages = new PageQueue(socket, ports.clock)
    this.#values = values && new ServedValues(values, pages)
    this.#history = new ServedHistory(history, pages)
    socket.on('data', frameReader(this.#incoming.take))
    // Its `close` is handled below.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave())
  }

  #receive(kind: Kind, number: number, body: Uint8Array): void {
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
        this.#requests.get(number)?.abort(new WildcastError('interrupted', 'the caller has left'))
        return
      case kinds.ping:
        this.#write(kinds.done, number, noBody)
        return
      case kinds.append:
      case kinds.historyPage:
      case kinds.historyState:
        this.#answer(number, this.#history.answer(kind, body))
        return
      default:
        if (this.#values) this.#answer(number, this.#values.answer(kind, body))
    }
  }

  /** Sends the outcome of a frame, with its result if it is a body. */
  #answer(number: number, work: Promise<unknown>): void {
    work.then(
      (body) => this.#write(kinds.done, number, body instanceof Uint8Array ? body : noBody),
      (cause) => this.#write(kinds.failed, number, failureBody(cause)),
    )
  }

  async #subscribe(number: number, body: Uint8Array): Promise<void> {
    const subscribed = this.#ports.broker.subscribe(readInterest(body), {
      deliver: (message) => this.#deliver(number, message),
      ended: () => {}, // the memory broker never ends an interest
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
    this.#write(kinds.message, number, this.#ports.bodies.encode(message))
    if (this.#socket.writableLength > mostBacklogBytes) this.#socket.destroy()
  }

  async #publish(body: Uint8Array): Promise<void> {
    const message = readMessage(body)
    this.#ports.bodies.store(message, body)
    return this.#ports.broker.publish(message)
  }

  async #request(number: number, body: Uint8Array): Promise<void> {
    const { message, timeoutMs } = readRequest(body)
    const cancel = new Cancel()
    this.#requests.set(number, cancel)
    const onPart = (part: BrokerMessage): void => this.#write(kinds.part, number, messageBody(part))
    try {
      const last = await this.#ports.broker.request?.(message, { timeoutMs, signal: cancel, onPart })
      if (last) this.#write(kinds.answer, number, messageBody(last))
    } catch (cause) {
      this.#write(kinds.failed, number, failureBody(cause))
    } finally {
      this.#requests.delete(number)
    }
  }

  #leave(): void {
    for (const cancel of this.#requests.values()) cancel.abort(new WildcastError('interrupted', 'the relay has left'))
    for (const number of [...this.#subscriptions.keys()]) void this.#unsubscribe(number)
  }
}
