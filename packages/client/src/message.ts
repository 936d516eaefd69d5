import {
  capture,
  type Failure,
  type Headers,
  type MessageFrame,
  type Pattern,
  payloadBytes,
  type Subject,
  strictUtf8,
  toPayload,
} from '@wildcast/protocol'
import type { Core } from './core.js'
import type { PublishOutcome } from './outcome.js'
import { publish } from './publish.js'

/** What an answer to a request may carry beside its data. */
export interface RespondOptions {
  /** Further answers to the same request follow. @default false */
  readonly more?: boolean | undefined
  /** The request failed: the caller's promise rejects with this. */
  readonly error?: Failure | undefined
  readonly headers?: Headers | undefined
}

/** A message as a handler sees it. It is shared by all handlers of a subscription: take from it, don't change it. */
export interface Message {
  /** @example 'good.apple' */
  readonly subject: string
  /** The pattern that it came by, in its normal form: `good.>` reads `good.*.**`. */
  readonly pattern: string
  /** What the wildcards of the pattern stand for: `*` one segment, `**` zero or more joined by dots. */
  readonly params: readonly string[]
  /** The payload as JSON if it parses as such, else as text, else as bytes. */
  readonly data: unknown
  /** The payload as text. @throws {TypeError} where it is not UTF-8. */
  text(): string
  /** The payload as JSON. @throws {SyntaxError} where it is none. */
  json(): unknown
  /** The payload as it travelled. */
  readonly bytes: Uint8Array
  /** Name of the broker that carried it. */
  readonly broker: string
  readonly headers: Headers
  /** Where an answer is awaited, if one is. */
  readonly responseSubject: string | undefined
  /** Answers; undefined where no answer is awaited. Rejects as `publish` does. */
  readonly respond: ((data: unknown, options?: RespondOptions) => Promise<PublishOutcome>) | undefined
}

const noHeaders: Headers = new Map()

/** Thousands of these live at once, so nothing is computed before somebody asks, and nothing twice. */
export class ReceivedMessage implements Message {
  readonly subject: string
  readonly pattern: string
  readonly broker: string
  readonly #frame: MessageFrame
  readonly #core: Core | undefined
  #params: readonly string[] | undefined
  #data: unknown

  constructor(frame: MessageFrame, pattern: string, core?: Core) {
    this.subject = frame.subject
    this.pattern = pattern
    this.broker = frame.broker
    this.#frame = frame
    this.#core = core
  }

  get params(): readonly string[] {
    this.#params ??= capture(this.pattern as Pattern, this.subject as Subject) ?? []
    return this.#params
  }

  get data(): unknown {
    this.#data ??= this.#read()
    return this.#data
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

  get headers(): Headers {
    return this.#frame.headers ?? noHeaders
  }

  get responseSubject(): string | undefined {
    return this.#frame.response_subject
  }

  get respond(): Message['respond'] {
    const { response_subject: subject, broker } = this.#frame
    const core = this.#core
    if (!core || subject === undefined) return undefined
    return async (data, options) =>
      publish(core, { kind: 'Publish', subject, broker, message: toPayload(data), ...options })
  }
}
