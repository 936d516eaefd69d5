import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Interest } from '../../core/broker.js'
import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryStore } from '../../core/history-store.js'
import type { ValueStore } from '../../core/store.js'
import type { BrokerConnection, ConnectionEvents, Native, NativeSubscription, Sink } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { type PendingReplies, replies } from '../replies.js'
import { interestBody, messageBody, noBody, numberBody, readFailure, readMessage, requestBody } from './bodies.js'
import { frameWriter, type WriteFrame } from './frame-writer.js'
import { frameReader, type Kind, kinds } from './frames.js'
import { type InSequence, inSequence } from './in-sequence.js'
import { linkedHistory } from './linked-history.js'
import { linkedValues } from './linked-values.js'

export interface MemoryConnectionPorts extends Pick<ForeignPorts, 'clock'> {
  readonly events: ConnectionEvents
  readonly rules: HistoryRules
}

/** The memory broker has the same patterns, groups and responders, so it is sent the interest. */
export interface MemoryNative extends Native {
  readonly interest: Interest
}

/** A frame that awaits its `done` or `failed`. */
interface PendingCall {
  resolve(body: Uint8Array): void
  reject(error: WildcastError): void
}

/** One connection of a relay to the process of a memory broker. */
export class MemoryConnection implements BrokerConnection<MemoryNative> {
  readonly values: ValueStore = linkedValues((kind, body) => this.#result(kind, body))
  readonly history: HistoryStore
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  readonly #write: WriteFrame
  readonly #sinks: Map<number, Sink> = new Map()
  readonly #pending: Map<number, PendingCall> = new Map()
  readonly #answers: PendingReplies
  readonly #incoming: InSequence = inSequence((kind, number, body) => this.#receive(kind, number, body))
  #last = 0
  #end: WildcastError | undefined

  constructor(socket: Socket, { events, rules, clock }: MemoryConnectionPorts) {
    this.history = linkedHistory(rules, (kind, body) => this.#result(kind, body))
    this.#socket = socket
    this.#events = events
    this.#write = frameWriter(socket)
    this.#answers = replies(clock)
    let why = 'it has ended'
    socket.on('data', frameReader(this.#incoming.take))
    socket.on('error', (cause: Error) => {
      why = cause.message
    })
    socket.once('close', () =>
      this.#finish(new WildcastError('broker_down', `the process of the memory broker was lost: ${why}`)),
    )
  }

  subscribe({ interest }: MemoryNative, sink: Sink): NativeSubscription {
    const number = ++this.#last
    this.#sinks.set(number, sink)
    const confirmed = this.#send(kinds.subscribe, number, interestBody(interest)).then(() => {})
    confirmed.catch(() => this.#sinks.delete(number))
    return {
      confirmed,
      end: () => {
        this.#sinks.delete(number)
        // The broker refuses none, and a lost connection has ended it already.
        return this.#call(kinds.unsubscribe, numberBody(number)).catch(() => {})
      },
    }
  }

  publish(message: BrokerMessage): Promise<void> {
    return this.#call(kinds.publish, messageBody(message))
  }

  async request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    if (this.#end) throw this.#end
    const number = ++this.#last
    const answer = this.#answers.wait(keyOf(number), options)
    this.#write(kinds.request, number, requestBody(message, options.timeoutMs))
    return answer.catch((cause) => {
      // Even after a timeout: the broker restarts its own timeout with each part.
      if (!this.#end) this.#write(kinds.cancel, number, noBody)
      throw cause
    })
  }

  ping(): Promise<void> {
    return this.#call(kinds.ping, noBody)
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return
    const closed = once(this.#socket, 'close')
    this.#finish(new WildcastError('broker_down', 'the link to the memory broker was closed'))
    // After the frames of this turn.
    process.nextTick(() => this.#socket.destroySoon())
    await closed
  }

  async #call(kind: Kind, body: Uint8Array): Promise<void> {
    await this.#result(kind, body)
  }

  #result(kind: Kind, body: Uint8Array): Promise<Uint8Array> {
    return this.#send(kind, ++this.#last, body)
  }

  #send(kind: Kind, number: number, body: Uint8Array): Promise<Uint8Array> {
    if (this.#end) return Promise.reject(this.#end)
    this.#write(kind, number, body)
    return new Promise((resolve, reject) => this.#pending.set(number, { resolve, reject }))
  }

  #receive(kind: Kind, number: number, body: Uint8Array): void {
    switch (kind) {
      case kinds.message:
        this.#sinks.get(number)?.(readMessage(body))
        return
      case kinds.part:
      case kinds.answer:
        // Without a pending request, it has just timed out.
        this.#answers.take({ ...readMessage(body), subject: keyOf(number), more: kind === kinds.part })
        return
      case kinds.done:
        this.#take(number)?.resolve(body)
        if (this.#sinks.has(number)) this.#incoming.hold()
        return
      case kinds.failed: {
        const error = readFailure(body)
        this.#take(number)?.reject(error)
        this.#answers.fail(keyOf(number), error)
      }
    }
  }

  #take(number: number): PendingCall | undefined {
    const pending = this.#pending.get(number)
    this.#pending.delete(number)
    return pending
  }

  #finish(error: WildcastError): void {
    if (this.#end) return
    this.#end = error
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    this.#answers.failAll(error)
    this.#events.lost(error)
  }
}

/** Returns the key of a request, in place of the subject that other brokers use. */
function keyOf(request: number): Subject {
  return String(request) as Subject
}
