import { PacketIds } from './packet-ids.js'

/** A message with QoS 1 or 2 for one client. */
export interface OutgoingMessage {
  readonly qos: 1 | 2
  /** The bytes that it counts. */
  readonly bytes: number
  /** In milliseconds since 1970. @default never */
  readonly expiresAt?: number | undefined
}

/** The next packet to send: a message, again or for the first time, or the PUBREL of one. */
export type OutgoingStep<Message> =
  | { readonly kind: 'publish'; readonly id: number; readonly message: Message; readonly dup: boolean }
  | { readonly kind: 'release'; readonly id: number }

/** The limits of the messages that wait for one client. */
export interface OutgoingLimits {
  readonly messages: number
  readonly bytes: number
}

interface InFlight<Message> {
  readonly message: Message
  /** Whether its PUBREC has come: what is left to do is PUBREL and PUBCOMP. */
  released: boolean
  /** Whether it was sent on this connection, so that it counts for the window. */
  sent: boolean
}

/** More taken entries than this are removed from the array. */
const compactAfter = 256

/**
 * The messages with QoS 1 and 2 for one client: those that wait, in order, and those in flight. It
 * outlives the connection: after a reconnect, what is not acknowledged is sent again, in order and
 * before all others [MQTT-4.4.0-1, MQTT-4.6.0-1].
 */
export class OutgoingQueue<Message extends OutgoingMessage> {
  readonly #limits: OutgoingLimits
  readonly #ids = new PacketIds()
  /** In the order in which they were first sent. */
  readonly #inFlight: Map<number, InFlight<Message>> = new Map()
  #waiting: Message[] = []
  #next = 0
  #bytes = 0
  #window = 0
  /** The messages in flight that were sent on this connection. */
  #sent = 0
  /** The ids that are to be sent again on this connection. */
  #again: number[] = []

  constructor(limits: OutgoingLimits) {
    this.#limits = limits
  }

  /** The messages that wait or are in flight. */
  get size(): number {
    return this.#waiting.length - this.#next + this.#inFlight.size
  }

  /** The bytes of these messages. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether half of the limits is used, so that nothing should be added that can wait. */
  get isBusy(): boolean {
    const { messages, bytes } = this.#limits
    return this.size >= messages / 2 || this.#bytes >= bytes / 2
  }

  /** Adds a message. Returns false if there is no room: it is dropped. */
  add(message: Message): boolean {
    const { messages, bytes } = this.#limits
    const isFull = this.size >= messages || (this.#bytes > 0 && this.#bytes + message.bytes > bytes)
    if (isFull) return false
    this.#waiting.push(message)
    this.#bytes += message.bytes
    return true
  }

  /** A connection begins. `window`: the client's Receive Maximum. */
  connect(window: number): void {
    this.#window = window
    this.#sent = 0
    this.#again = [...this.#inFlight.keys()]
    for (const one of this.#inFlight.values()) one.sent = false
  }

  /**
   * Returns what to send next, as far as the window allows.
   * @param now - in milliseconds since 1970
   * @param expired - called with messages that were not sent in time
   */
  take(now: number, expired: (message: Message) => void): OutgoingStep<Message> | undefined {
    const again = this.#takeAgain()
    if (again || this.#again.length > 0 || this.#sent >= this.#window) return again
    for (let message = this.#shift(); message; message = this.#shift()) {
      if (message.expiresAt === undefined || message.expiresAt > now) return this.#begin(message)
      this.#bytes -= message.bytes
      expired(message)
    }
    return undefined
  }

  /** A PUBACK, PUBCOMP or refusing PUBREC has come. Returns the message that it ends. */
  finish(id: number, by: 'puback' | 'pubrec' | 'pubcomp'): Message | undefined {
    const one = this.#inFlight.get(id)
    const isExpected = one && by === (one.message.qos === 1 ? 'puback' : one.released ? 'pubcomp' : 'pubrec')
    if (!isExpected) return undefined
    this.#end(id, one.message)
    return one.message
  }

  /** Gives up a message in flight that can't be sent. Returns it. */
  drop(id: number): Message | undefined {
    const message = this.#inFlight.get(id)?.message
    if (!message) return undefined
    this.#end(id, message)
    return message
  }

  /** A PUBREC has come. Returns whether it is of a message in flight: a PUBREL follows. */
  release(id: number): boolean {
    const one = this.#inFlight.get(id)
    if (one?.message.qos !== 2) return false
    one.released = true
    return true
  }

  /** The session ends. Returns the messages that are not acknowledged, in order. */
  abandon(): readonly Message[] {
    const left = [...[...this.#inFlight.values()].map(({ message }) => message), ...this.#waiting.slice(this.#next)]
    this.#inFlight.clear()
    this.#waiting = []
    this.#again = []
    this.#next = this.#bytes = this.#sent = 0
    return left
  }

  #end(id: number, { bytes }: Message): void {
    if (this.#inFlight.get(id)?.sent) this.#sent--
    this.#inFlight.delete(id)
    this.#bytes -= bytes
  }

  /** PUBRELs need no room in the window (MQTT 5, 4.9). */
  #takeAgain(): OutgoingStep<Message> | undefined {
    for (let id = this.#again[0]; id !== undefined; id = this.#again[0]) {
      const one = this.#inFlight.get(id)
      if (one && !one.released && this.#sent >= this.#window) return undefined
      this.#again.shift()
      if (!one) continue
      one.sent = true
      this.#sent++
      return one.released ? { kind: 'release', id } : { kind: 'publish', id, message: one.message, dup: true }
    }
    return undefined
  }

  #begin(message: Message): OutgoingStep<Message> {
    const id = this.#ids.next((used) => this.#inFlight.has(used))
    this.#inFlight.set(id, { message, released: false, sent: true })
    this.#sent++
    return { kind: 'publish', id, message, dup: false }
  }

  #shift(): Message | undefined {
    if (this.#next === this.#waiting.length) return undefined
    const message = this.#waiting[this.#next++]
    if (this.#next > compactAfter && this.#next > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    return message
  }
}
