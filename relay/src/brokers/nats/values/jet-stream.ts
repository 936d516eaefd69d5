import { decodeUtf8, type Headers, type Payload, payloadSize, WildcastError } from '@wildcast/protocol'
import type { Msg, NatsConnection } from 'nats'
import { forbiddenByServer } from '../forbidden.js'
import { natsHeadersFrom, natsHeadersIn } from '../headers.js'
import { checkLine } from '../subjects.js'
import { isRefusedWith, JetStreamError, jetStreamCodes } from './jet-stream-error.js'

/** The settings of a stream, as JetStream writes them. */
export interface StreamSettings {
  readonly name: string
  readonly [key: string]: unknown
}

/** A stream, as JetStream describes it. */
export interface StreamInfo {
  readonly config: StreamSettings
  /** When it was made. */
  readonly created: string
  readonly state: {
    readonly messages: number
    readonly bytes: number
    /** The number of the oldest message that it holds; the next one if it holds none. */
    readonly first_seq: number
    readonly last_seq: number
    /** The number of messages by subject, if these were asked for. */
    readonly subjects?: Readonly<Record<string, number>>
  }
  readonly cluster?: { readonly leader?: string }
  /** The number of subjects, if these were asked for. */
  readonly total?: number
}

/** A message that a stream holds. */
export interface StreamMessage {
  readonly seq: number
  readonly subject: string
  readonly headers: Headers
  readonly data: Uint8Array
  /** Bytes that count against the limit of the stream. */
  readonly size: number
  /** When the server has stored it, in milliseconds since 1970. */
  readonly time: number
}

/** The place of a message that was stored. */
export interface StoredAt {
  readonly stream: string
  readonly seq: number
  /** A message with this id was stored before: then it is the place of that one. */
  readonly duplicate?: boolean
}

/** How long JetStream may take to answer. A dead link ends earlier. */
const timeoutMs = 10_000
/** The same for a request that changes nothing: a cluster drops it if a stream has no leader. */
const askMs = 2000
const mostAsks = 5

/** How often a message is sent to a stream that is being made. */
const mostTries = 100

/** The inbox of the client library, which is the reply subject of each request. */
const inbox = '_INBOX.'.padEnd(60, 'x')

/**
 * The requests to JetStream over one connection. They reject with a `JetStreamError` if it refuses.
 */
export class JetStream {
  readonly #nats: NatsConnection
  /** The streams that have had a message. */
  readonly #made: Set<string> = new Set()

  constructor(nats: NatsConnection) {
    this.#nats = nats
  }

  /** Stores a message. Resolves with its number. */
  async publish(subject: string, payload: Payload, entries?: Headers): Promise<number> {
    return (await this.store(subject, payload, entries)).seq
  }

  /** Stores a message. Resolves with its number, and the stream that has stored it. */
  async store(subject: string, payload: Payload, entries: Headers = []): Promise<StoredAt> {
    checkLine(subject, inbox)
    const headers = entries.length > 0 ? natsHeadersFrom(entries) : undefined
    const most = this.#nats.info?.max_payload ?? Number.POSITIVE_INFINITY
    if ((headers?.size ?? 0) + payloadSize(payload) > most)
      throw new WildcastError(
        'too_large',
        `the NATS server accepts ${most} bytes at most, and headers count as well (max_payload)`,
      )
    return (await this.#request(subject, payload, headers ? { headers: headers.written } : {})) as StoredAt
  }

  /**
   * The same while another relay may be making the stream: JetStream lists a stream before it takes
   * messages for it.
   */
  async publishToNew(stream: string, subject: string, payload: Payload, entries?: Headers): Promise<number> {
    for (let tries = 1; ; tries++)
      try {
        return await this.publish(subject, payload, entries)
      } catch (cause) {
        if (tries >= mostTries || !isRefusedWith(cause, jetStreamCodes.noResponders)) throw cause
        if (!(await this.info(stream))) throw cause
      }
  }

  /** Returns a stream, or undefined if it does not exist. */
  async info(stream: string, options: object = {}): Promise<StreamInfo | undefined> {
    return this.#ask(`STREAM.INFO.${stream}`, options) as Promise<StreamInfo | undefined>
  }

  /** Makes a stream. Does nothing if there is one with these settings. */
  async create(settings: StreamSettings): Promise<void> {
    await this.call(`STREAM.CREATE.${settings.name}`, settings)
  }

  async update(settings: StreamSettings): Promise<void> {
    await this.call(`STREAM.UPDATE.${settings.name}`, settings)
  }

  /** Returns the message with this number. */
  async at(stream: string, seq: number): Promise<StreamMessage | undefined> {
    return this.#get(stream, { seq })
  }

  /** Returns the newest message of a subject. */
  async last(stream: string, subject: string): Promise<StreamMessage | undefined> {
    return this.#get(stream, { last_by_subj: subject })
  }

  /** Returns the first message from this number on whose subject a filter matches. */
  async next(stream: string, seq: number, filter: string): Promise<StreamMessage | undefined> {
    return this.#get(stream, { seq, next_by_subj: filter })
  }

  /**
   * nats-server 2.9 panics if it is asked for a message of a stream that another relay is making.
   * Once a stream has had a message, it is made.
   */
  async #get(stream: string, request: object): Promise<StreamMessage | undefined> {
    if (!this.#made.has(stream)) {
      const info = await this.info(stream)
      if (!info || info.state.last_seq === 0) return undefined
      this.#made.add(stream)
    }
    const reply = await this.#ask(`STREAM.MSG.GET.${stream}`, request)
    return reply === undefined ? undefined : streamMessageOf(reply as RawReply)
  }

  /** Returns the subjects of a stream that a filter matches. */
  async subjects(stream: string, filter: string): Promise<readonly string[]> {
    const found = new Set<string>()
    for (let offset = 0; ; ) {
      const info = await this.info(stream, { subjects_filter: filter, offset })
      const subjects = Object.keys(info?.state.subjects ?? {})
      for (const subject of subjects) found.add(subject)
      offset += subjects.length
      if (subjects.length === 0 || offset >= (info?.total ?? 0)) return [...found]
    }
  }

  /** Removes a message. Does nothing if it is gone. */
  async remove(stream: string, seq: number): Promise<void> {
    await this.call(`STREAM.MSG.DELETE.${stream}`, { seq, no_erase: true }).catch((cause: unknown) => {
      if (!(cause instanceof JetStreamError)) throw cause
    })
  }

  /** Resolves with undefined if there is no such stream or message. */
  async #ask(name: string, body: object): Promise<unknown> {
    for (let asks = 1; ; asks++)
      try {
        return await this.#request(`$JS.API.${name}`, JSON.stringify(body), { timeout: askMs })
      } catch (cause) {
        if (isRefusedWith(cause, jetStreamCodes.noStream, jetStreamCodes.noMessage)) return undefined
        if (asks >= mostAsks || WildcastError.from(cause).code !== 'interrupted') throw cause
      }
  }

  /** Calls the API. Resolves with its answer. */
  call(name: string, body: object): Promise<unknown> {
    return this.#request(`$JS.API.${name}`, JSON.stringify(body), {})
  }

  async #request(
    subject: string,
    payload: Payload,
    options: { readonly headers?: ReturnType<typeof natsHeadersFrom>['written']; readonly timeout?: number },
  ): Promise<unknown> {
    const nats = this.#nats
    if (nats.isClosed()) throw closedError()
    const msg = await nats.request(subject, payload, { timeout: timeoutMs, ...options }).catch((cause: unknown) => {
      throw nats.isClosed() ? closedError(cause) : requestFailure(cause, subject)
    })
    return replyOf(msg)
  }
}

function closedError(cause?: unknown): WildcastError {
  return new WildcastError('broker_down', 'the link to the NATS server has ended', { cause })
}

function requestFailure(cause: unknown, subject: string): Error {
  const { code } = Object(cause) as { readonly code?: unknown }
  if (code === '503') return new JetStreamError(jetStreamCodes.noResponders, `nothing answers on ${subject}`)
  if (code === 'PERMISSIONS_VIOLATION') return forbiddenByServer(`publish to "${subject}"`, cause)
  if (code === 'TIMEOUT')
    return new WildcastError('interrupted', 'JetStream has not answered; read the value, and decide again', { cause })
  return WildcastError.from(cause)
}

interface RawReply {
  readonly error?: { readonly err_code?: number; readonly code?: number; readonly description?: string }
  readonly message?: {
    readonly subject: string
    readonly seq: number
    readonly hdrs?: string
    readonly data?: string
    readonly time: string
  }
}

function replyOf({ data }: Msg): unknown {
  let reply: RawReply
  try {
    reply = JSON.parse(decodeUtf8(data) ?? '')
  } catch {
    throw new WildcastError('interrupted', 'what answers for JetStream at this NATS server is not JetStream')
  }
  const { error } = Object(reply) as RawReply
  if (error) throw new JetStreamError(error.err_code ?? error.code ?? 0, error.description ?? 'for no stated reason')
  return reply
}

function streamMessageOf({ message }: RawReply): StreamMessage | undefined {
  if (!message) return undefined
  const { subject, seq, hdrs = '', data = '', time } = message
  const [block, bytes] = [bytesOf(hdrs), bytesOf(data)]
  const headers = block.length > 0 ? natsHeadersIn(block) : undefined
  const entries = typeof headers === 'object' ? headers.entries : []
  const size = keptSize(Buffer.byteLength(subject), block.length, bytes.length)
  return { seq, subject, headers: entries, data: bytes, size, time: Date.parse(time) }
}

/** Returns the bytes of a message in a stream: what it holds, and what JetStream adds. */
export function keptSize(subject: number, headers: number, payload: number): number {
  return 30 + subject + headers + payload
}

/** Not the `Buffer` itself, whose memory others share. */
function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
