import {
  type Codec,
  checkFrameLength,
  type RawFrame,
  readClientFrame,
  refOfRaw,
  WildcastError,
} from '@wildcast/protocol'
import type { NumberedDialect } from '../../connections/connection.js'
import type { Conversation } from './conversation.js'

/** Frames of a client that are not counted: they are of the connection, not of the session. */
const isUncounted = (kind: string): boolean => kind === 'Connect' || kind === 'Pong' || kind === 'Received'

/** Reads what comes over one connection of v1: decodes each message, and hands its frame to the conversation. */
export class Reader implements NumberedDialect {
  readonly #codec: Codec
  readonly #conversation: Conversation
  /** How many frames of the client were received, of those that are counted. */
  #received = 0
  /** A frame has come, so that `Connect` would be too late. */
  #begun = false

  constructor(codec: Codec, conversation: Conversation) {
    this.#codec = codec
    this.#conversation = conversation
  }

  split(data: string | Uint8Array): Iterable<string | Uint8Array> | undefined {
    const most = this.#conversation.batch
    const { batches } = this.#codec
    if (most === undefined || !batches) return undefined
    try {
      return batches.split(data, most)
    } catch (cause) {
      const error = WildcastError.from(cause)
      if (error.code === 'too_large') this.#conversation.refuse(error, undefined)
      else this.#conversation.fail(error)
      return []
    }
  }

  get received(): number {
    return this.#received
  }

  receive(data: string | Uint8Array): void {
    this.receiveAs(this.#received + 1, data)
  }

  receiveAs(number: number, data: string | Uint8Array): boolean {
    let raw: RawFrame | undefined
    try {
      checkFrameLength(data)
      raw = this.#codec.decode(data)
      if (isUncounted(raw.kind)) {
        this.#act(raw)
        return false
      }
      if (number > this.#received) {
        this.#received = number
        this.#act(raw)
      }
    } catch (cause) {
      // One that can't be read counts, too.
      if (!raw) this.#received = Math.max(this.#received, number)
      this.#conversation.refuse(cause, raw ? refOfRaw(raw) : this.#codec.refOf?.(data))
    } finally {
      this.#begun = true
    }
    return true
  }

  ping(): void {
    this.#conversation.ping()
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#conversation.goAway(windowMs)
  }

  close(): void {
    this.#conversation.close()
  }

  #act(raw: RawFrame): void {
    const frame = readClientFrame(raw)
    if (frame.kind === 'Connect' && this.#begun)
      throw new WildcastError('invalid_frame', 'Connect is the first frame, sent once; reconnect instead')
    this.#conversation.act(frame)
  }
}
