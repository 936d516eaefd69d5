import {
  type Codec,
  checkFrameLength,
  type RawFrame,
  readClientFrame,
  refOfRaw,
  WildcastError,
} from '@wildcast/protocol'
import type { ClientConnection } from '../../connections/connection.js'
import type { KeepingDialect } from '../../connections/polled-connection.js'
import type { Conversation } from './conversation.js'
import { ClientEntry, type ClientEntryPorts } from './entry.js'

/** Whether a client's frame is not counted, since it belongs to the connection, not the session. */
const isUncounted = (kind: string): boolean => kind === 'Connect' || kind === 'Pong' || kind === 'Received'

/** Reads one connection of v1: decodes each message, and passes its frame to the conversation. */
export class Reader implements KeepingDialect {
  readonly #codec: Codec
  readonly #connection: ClientConnection
  /** Replaced at `Connect` if the client resumes an earlier session. */
  #conversation: Conversation
  /** Whether a frame has been received, after which `Connect` is too late. */
  #begun = false
  /** Holds the client's messages until its credentials are checked; then undefined. */
  #entry: ClientEntry | undefined

  constructor(codec: Codec, connection: ClientConnection, conversation: Conversation) {
    this.#codec = codec
    this.#connection = connection
    this.#conversation = conversation
  }

  /** Holds the client's messages until its credentials are checked. Called before the first. */
  checkFirst(ports: Pick<ClientEntryPorts, 'clock' | 'entryMs' | 'authenticate' | 'credentials' | 'known'>): void {
    this.#entry = new ClientEntry({
      ...ports,
      tokenOf: (message) => tokenOf(this.#codec, message),
      admit: (identity, messages) => {
        this.#entry = undefined
        this.#conversation.enter(identity)
        for (const message of messages) this.receive(message)
      },
      refuse: (error) => {
        this.#conversation.refuse(error, undefined)
        this.#conversation.end(error)
      },
    })
  }

  /**
   * Resolves when the client's credentials are checked.
   * @throws {WildcastError} by rejection, if they are refused
   */
  async whenEntered(): Promise<void> {
    const refused = await this.#entry?.whenOver()
    if (refused) throw refused
  }

  /** The key of the session, once the client has connected. */
  get key(): string | undefined {
    return this.#conversation.key
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
      else this.#conversation.end(error) // later data can't be read
      return []
    }
  }

  get received(): number {
    return this.#conversation.received
  }

  receive(data: string | Uint8Array): void {
    if (this.#entry) this.#entry.hold(data)
    else this.receiveAs(this.received + 1, data)
  }

  receiveAs(number: number, data: string | Uint8Array): boolean {
    this.#conversation.frameArrived()
    let raw: RawFrame | undefined
    let counts = true // an unreadable frame counts, too
    try {
      checkFrameLength(data)
      raw = this.#codec.decode(data)
      counts = !isUncounted(raw.kind)
      if (!counts || this.#conversation.count(number, data.length)) this.#act(raw)
    } catch (cause) {
      // A repeated frame was refused when it was received first.
      if (!raw && !this.#conversation.count(number, data.length)) return counts
      if (!raw) this.#conversation.session.actions.unreadable()
      this.#conversation.refuse(cause, raw ? refOfRaw(raw) : this.#codec.refOf?.(data))
      // Later frames expect a session.
      if (raw?.kind === 'Connect' && !this.#begun) this.#conversation.end(WildcastError.from(cause))
    } finally {
      this.#begun = true
    }
    return counts
  }

  whenAnswered(): Promise<void> {
    return this.#conversation.whenAnswered()
  }

  confirm(count: number): void {
    this.#conversation.frameArrived()
    try {
      this.#conversation.act({ kind: 'Received', count })
    } catch (cause) {
      this.#conversation.refuse(cause, undefined)
    }
  }

  after(count: number): readonly Uint8Array[] | undefined {
    return this.#conversation.after(count)
  }

  ping(): void {
    this.#conversation.ping()
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#conversation.goAway(windowMs)
  }

  end(error: WildcastError): void {
    this.#conversation.end(error)
  }

  close(code?: number): void {
    this.#entry?.close()
    this.#conversation.leave(this.#connection, code)
  }

  #act(raw: RawFrame): void {
    const frame = readClientFrame(raw)
    if (frame.kind !== 'Connect') {
      this.#conversation.act(frame)
      return
    }
    if (this.#begun)
      throw new WildcastError('invalid_frame', 'Connect is the first frame, sent once; reconnect instead')
    this.#conversation = this.#conversation.connect(frame)
  }
}

/** The token of a `Connect`, if the message is one. `receive` refuses unreadable messages. */
function tokenOf(codec: Codec, message: string | Uint8Array): string | undefined {
  try {
    checkFrameLength(message)
    const frame = readClientFrame(codec.decode(message))
    return frame.kind === 'Connect' ? frame.token : undefined
  } catch {
    return undefined
  }
}
