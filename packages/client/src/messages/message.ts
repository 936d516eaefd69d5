import {
  capture,
  type Failure,
  type Headers,
  type HeadersInput,
  type MessageFrame,
  type Pattern,
  payloadBytes,
  type Subject,
  strictUtf8,
} from '@wildcast/protocol/client'
import type { PublishOutcome } from '../publishing/outcome.js'
import { openPublication } from '../publishing/publication.js'
import type { PublishPorts } from '../publishing/publish.js'
import { toContent } from './to-content.js'

/** Options of an answer. */
export interface RespondOptions {
  /** More answers to the same request follow. @default false */
  readonly more?: boolean | undefined
  /** The request failed: the requester's promise rejects with this error. */
  readonly error?: Failure | undefined
  /** The same as for `publish`. */
  readonly headers?: HeadersInput | undefined
}

/** The parts of a subject that a pattern matches: in order, or by name. */
export type MessageParams = readonly string[] | Readonly<Record<string, string>>

/**
 * A received message. All handlers of a subscription share the object, so don't change it.
 *
 * `Data` is the expected type of the payload. It is not checked: a message of another shape has the
 * wrong type. `Wildcards` is the type of `params`, such as `Params<'good.*'>`.
 */
export interface Message<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  /** @example 'good.apple' */
  readonly subject: string
  /** The pattern of the subscription in its normal form: `good.>` is `good.*.**`. */
  readonly pattern: string
  /**
   * The parts of the subject that the wildcards match: one segment for `*`, zero or more for `**`,
   * joined by dots. With a contract, by name for a pattern such as `room.{room}`.
   */
  readonly params: Wildcards
  /** The payload as JSON if it can be parsed, else as text, else as bytes. */
  readonly data: Data
  /** Returns the payload as text. @throws {TypeError} if it isn't UTF-8 */
  text(): string
  /** Returns the payload as JSON. @throws {SyntaxError} if it isn't JSON */
  json(): unknown
  /** The payload as it was sent. */
  readonly bytes: Uint8Array
  /** Name of the broker. */
  readonly broker: string
  /** Unique among all received messages, for instance for the `key` of a row in React. */
  readonly key: string
  /** When the client received it: milliseconds since 1970, by the clock of this machine. */
  readonly receivedAt: number
  /** The headers by name, with the last value of a repeated name. */
  readonly headers: ReadonlyMap<string, string>
  /** All headers in order; the values of a repeated name are adjacent. */
  readonly headerList: Headers
  /** The number of the value that the message is; undefined if it isn't one, or has none. */
  readonly revision: string | undefined
  /** Whether the value of the subject was deleted. Then the message has no data. */
  readonly deleted: boolean
  /** Whether the value no longer matches the `filter`. Then the message has no data. */
  readonly left: boolean
  /**
   * Whether it is a value that was there before the subscription, which has asked for it, or any
   * value of a broker without revisions.
   */
  readonly retained: boolean
  /** The number of the message in the broker's history; undefined if it isn't kept. */
  readonly position: string | undefined
  /** Whether the relay has sent it from the history. */
  readonly replayed: boolean
  /** The user who wrote the value, if the relay knows it. */
  readonly user: string | undefined
  /** The subject on which an answer is expected, if one is. */
  readonly responseSubject: string | undefined
  /** Sends an answer. Undefined if none is expected. Rejects as `publish` does. */
  readonly respond: ((data: unknown, options?: RespondOptions) => Promise<PublishOutcome>) | undefined
}

/** Counts the messages of all clients, so that one list may show several. */
let count = 0

/** Computes its properties lazily and once, since thousands of messages may exist at a time. */
export class ReceivedMessage<Data = unknown> implements Message<Data> {
  // Only declared, since the constructor sets them: the bundle would contain fields twice.
  declare readonly subject: string
  declare readonly pattern: string
  declare readonly broker: string
  declare readonly receivedAt: number
  declare readonly responseSubject: string | undefined
  readonly #number = ++count
  readonly #frame: MessageFrame
  readonly #ports: PublishPorts | undefined
  #params: readonly string[] | undefined
  #data: unknown

  /** @param ports - to answer the message; without them `respond` is undefined */
  constructor(frame: MessageFrame, pattern: string, receivedAt: number, ports?: PublishPorts) {
    this.subject = frame.subject
    this.pattern = pattern
    this.broker = frame.broker
    this.receivedAt = receivedAt
    this.responseSubject = frame.response_subject
    this.#frame = frame
    this.#ports = ports
  }

  get key(): string {
    return `${this.#number}`
  }

  get params(): readonly string[] {
    this.#params ??= capture(this.pattern as Pattern, this.subject as Subject) ?? []
    return this.#params
  }

  get headerList(): Headers {
    return this.#frame.headers ?? []
  }

  get headers(): ReadonlyMap<string, string> {
    return new Map(this.headerList)
  }

  get revision(): string | undefined {
    return this.#frame.revision
  }

  get deleted(): boolean {
    return !!this.#frame.deleted
  }

  get left(): boolean {
    return !!this.#frame.left
  }

  get retained(): boolean {
    return !!this.#frame.retained
  }

  get position(): string | undefined {
    return this.#frame.position
  }

  get replayed(): boolean {
    return !!this.#frame.replayed
  }

  get user(): string | undefined {
    return this.#frame.user
  }

  get data(): Data {
    this.#data ??= this.#read()
    return this.#data as Data // not checked
  }

  #read(): unknown {
    let data: unknown = this.#frame.message
    try {
      data = this.text()
      return JSON.parse(data as string)
    } catch {
      return data // text if it is UTF-8, else bytes
    }
  }

  text(): string {
    const { message } = this.#frame
    return typeof message === 'string' ? message : strictUtf8.decode(message)
  }

  json(): unknown {
    return JSON.parse(this.text())
  }

  get bytes(): Uint8Array {
    return payloadBytes(this.#frame.message)
  }

  get respond(): Message['respond'] {
    const { responseSubject: subject, broker } = this
    const ports = this.#ports
    if (!ports || subject === undefined) return undefined
    return async (data, { more, error, headers } = {}) => {
      const refusal = error && { code: error.code, message: error.message } // a copy, since it may wait
      const content = { ...toContent(data, headers), broker, more, error: refusal }
      return openPublication((report) => ports.publish({ kind: 'Publish', subject, ...content }, report))
    }
  }
}
