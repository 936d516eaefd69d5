import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Interest } from '../../core/broker.js'
import type { BrokerConnection, ConnectionEvents, Native, NativeSubscription, Sink } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { type PendingReplies, replies } from '../replies.js'
import { interestBody, messageBody, noBody, numberBody, readFailure, readMessage, requestBody } from './bodies.js'
import { frameReader, type Kind, kinds } from './frames.js'
import { type InSequence, inSequence } from './in-sequence.js'
import { type Speak, speaker } from './speaker.js'

export interface MemoryConnectionPorts extends Pick<ForeignPorts, 'clock'> {
  readonly events: ConnectionEvents
}

/** The other side has our patterns, groups and servers: an interest is asked for as it is. */
export interface MemoryNative extends Native {
  readonly interest: Interest
}

interface Unanswered {
  resolve(): void
  reject(error: WildcastError): void
}

/** One connection of a relay to the process of a memory broker, from its first word to its end. */
export class MemoryConnection implements BrokerConnection<MemoryNative> {
  readonly #socket: Socket
  readonly #events: ConnectionEvents
  readonly #speak: Speak
  readonly #sinks: Map<number, Sink> = new Map()
  readonly #unanswered: Map<number, Unanswered> = new Map()
  readonly #answers: PendingReplies
  readonly #incoming: InSequence = inSequence((kind, number, body) => this.#hear(kind, number, body))
  #last = 0
  #end: WildcastError | undefined

  constructor(socket: Socket, { events, clock }: MemoryConnectionPorts) {
    this.#socket = socket
    this.#events = events
    this.#speak = speaker(socket)
    this.#answers = replies(clock)
    let why = 'it has ended'
    socket.on('data', frameReader(this.#incoming.take))
    socket.on('error', (cause: Error) => {
      why = cause.message
    })
    socket.once('close', () =>
      this.#over(new WildcastError('broker_down', `the process of the memory broker was lost: ${why}`)),
    )
  }

  subscribe({ interest }: MemoryNative, sink: Sink): NativeSubscription {
    const number = ++this.#last
    this.#sinks.set(number, sink)
    const confirmed = this.#say(kinds.subscribe, number, interestBody(interest))
    confirmed.catch(() => this.#sinks.delete(number))
    return {
      confirmed,
      end: () => {
        this.#sinks.delete(number)
        // With the connection everything of it has ended.
        return this.#ask(kinds.unsubscribe, numberBody(number)).catch(() => {})
      },
    }
  }

  publish(message: BrokerMessage): Promise<void> {
    return this.#ask(kinds.publish, messageBody(message))
  }

  async request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    if (this.#end) throw this.#end
    const number = ++this.#last
    const answer = this.#answers.wait(addressOf(number), options)
    this.#speak(kinds.request, number, requestBody(message, options.timeoutMs))
    return answer.catch((cause) => {
      // Also when its time is over here: there each part would have it waited for again.
      if (!this.#end) this.#speak(kinds.cancel, number, noBody)
      throw cause
    })
  }

  ping(): Promise<void> {
    return this.#ask(kinds.ping, noBody)
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return
    const closed = once(this.#socket, 'close')
    this.#over(new WildcastError('broker_down', 'the link to the memory broker was closed'))
    // After what was said in this turn.
    process.nextTick(() => this.#socket.destroySoon())
    await closed
  }

  #ask(kind: Kind, body: Uint8Array): Promise<void> {
    return this.#say(kind, ++this.#last, body)
  }

  #say(kind: Kind, number: number, body: Uint8Array): Promise<void> {
    if (this.#end) return Promise.reject(this.#end)
    this.#speak(kind, number, body)
    return new Promise((resolve, reject) => this.#unanswered.set(number, { resolve, reject }))
  }

  #hear(kind: Kind, number: number, body: Uint8Array): void {
    switch (kind) {
      case kinds.message:
        this.#sinks.get(number)?.(readMessage(body))
        return
      case kinds.part:
      case kinds.answer:
        // Where nobody waits any more, its time was over a moment ago.
        this.#answers.take({ ...readMessage(body), subject: addressOf(number), more: kind === kinds.part })
        return
      case kinds.done:
        this.#take(number)?.resolve()
        if (this.#sinks.has(number)) this.#incoming.hold()
        return
      case kinds.failed: {
        const error = readFailure(body)
        this.#take(number)?.reject(error)
        this.#answers.fail(addressOf(number), error)
      }
    }
  }

  #take(number: number): Unanswered | undefined {
    const unanswered = this.#unanswered.get(number)
    this.#unanswered.delete(number)
    return unanswered
  }

  #over(error: WildcastError): void {
    if (this.#end) return
    this.#end = error
    for (const { reject } of this.#unanswered.values()) reject(error)
    this.#unanswered.clear()
    this.#answers.failAll(error)
    this.#events.lost(error)
  }
}

/** Answers are told apart by what stands for a subject elsewhere. */
function addressOf(request: number): Subject {
  return String(request) as Subject
}
