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

/** What an answer to a request may carry beside its data. */
export interface RespondOptions {
  /** Further answers to the same request follow. @default false */
  readonly more?: boolean | undefined
  /** The request failed: the caller's promise rejects with this. */
  readonly error?: Failure | undefined
  /** As of `publish`. */
  readonly headers?: HeadersInput | undefined
}

/**
 * A message as a handler sees it. It is shared by all handlers of a subscription: take from it,
 * don't change it.
 *
 * `Data` is what the caller expects of the payload. It is not checked: a message of another shape
 * has the wrong type. `Wildcards` is the type of `params`, such as `Params<'good.*'>`.
 */
export interface Message<Data = unknown, Wildcards extends readonly string[] = readonly string[]> {
  /** @example 'good.apple' */
  readonly subject: string
  /** The pattern that it came by, in its normal form: `good.>` reads `good.*.**`. */
  readonly pattern: string
  /**
   * What the wildcards of the pattern stand for: `*` one segment, `**` zero or more joined by dots.
   */
  readonly params: Wildcards
  /** The payload as JSON if it parses as such, else as text, else as bytes. */
  readonly data: Data
  /** The payload as text. @throws {TypeError} where it is not UTF-8. */
  text(): string
  /** The payload as JSON. @throws {SyntaxError} where it is none. */
  json(): unknown
  /** The payload as it travelled. */
  readonly bytes: Uint8Array
  /** Name of the broker that carried it. */
  readonly broker: string
  /**
   * Different for every message that the client receives, for instance as the `key` of a row in
   * React.
   */
  readonly key: string
  /** When the client received it: milliseconds since 1970, by the clock of this machine. */
  readonly receivedAt: number
  /** The headers by name. Of a name that is repeated it has the last value. */
  readonly headers: ReadonlyMap<string, string>
  /** All headers in order; the values of a repeated name stand together. */
  readonly headerList: Headers
  /** Where an answer is awaited, if one is. */
  readonly responseSubject: string | undefined
  /** Answers; undefined where no answer is awaited. Rejects as `publish` does. */
  readonly respond: ((data: unknown, options?: RespondOptions) => Promise<PublishOutcome>) | undefined
}

/**
 * How many messages were received. Counts those of all clients, so that one list may show several.
 */
let count = 0

/**
 * Thousands of these live at once, so nothing is computed before somebody asks, and nothing twice.
 */
export class ReceivedMessage<Data = unknown> implements Message<Data> {
  // Declared only, since the constructor sets them: as fields they would be in the bundle twice.
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

  /** Without ports it can't be answered. */
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

  get data(): Data {
    this.#data ??= this.#read()
    return this.#data as Data // as the caller expects it
  }

  #read(): unknown {
    let data: unknown = this.#frame.message
    try {
      data = this.text()
      return JSON.parse(data as string)
    } catch {
      return data // as far as it could be read
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
