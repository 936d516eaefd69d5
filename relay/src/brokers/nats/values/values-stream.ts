import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { Clock } from '../../../core/clock.js'
import type { StoreLimits } from '../../../stores/limits.js'
import { type NewestChange, presentTerm } from './begin-term.js'
import type { JetStream, StreamInfo } from './jet-stream.js'
import { isRefusedWith, jetStreamCodes, unlessRefused } from './jet-stream-error.js'
import { markSubject, valuesStream } from './places.js'
import { foreignSetting, mostMessages, valuesRequired, valuesSettings } from './stream-settings.js'

/** The values of a relay, over all its connections. */
export interface NatsValuesContext {
  readonly limits: StoreLimits
  readonly newest: NewestChange
  readonly clock: Pick<Clock, 'wall' | 'random'>
}

export interface ValuesStreamOptions extends NatsValuesContext {
  readonly nats: NatsConnection
  readonly jetStream: JetStream
  /** Ends the connection: subscribers may have values that are gone, so they need a gap. */
  failed(error: WildcastError): void
}

/** The stream of values, as this connection has found it. */
interface OpenedStream {
  readonly term: string
  readonly created: string
  readonly leader: string | undefined
}

/** The stream of values. It is made with the first value. */
export class ValuesStream {
  readonly #options: ValuesStreamOptions
  #opened: OpenedStream | undefined
  #opening: Promise<string | undefined> | undefined
  /** The bytes of the stream at the last look, and those that were written since. */
  #bytes = 0

  constructor(options: ValuesStreamOptions) {
    this.#options = options
  }

  /**
   * Returns the term of the stream, or undefined if it does not exist.
   * @throws {WildcastError} `unsupported` if it is not ours
   */
  async find(): Promise<string | undefined> {
    if (this.#opened) return this.#opened.term
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  /** Returns its term. Makes the stream if it does not exist. */
  async make(): Promise<string> {
    const found = await this.find()
    if (found !== undefined) return found
    const { jetStream, limits } = this.#options
    await jetStream.create(valuesSettings(limits)).catch((cause: unknown) => {
      // Another relay, with other limits, was faster.
      if (!isRefusedWith(cause, jetStreamCodes.otherStream)) throw cause
    })
    // When the stream is full, these take no room of their own.
    await jetStream.publishToNew(valuesStream, markSubject, '')
    return (await this.find()) ?? this.#lost()
  }

  /**
   * Checks that it is the stream that was found. Called often, since JetStream does not report it.
   * Returns false if there is no stream.
   */
  async check(): Promise<boolean> {
    const { seq } = this.#options.newest
    const opened = this.#opened
    if (!opened) return (await this.find()) !== undefined
    const info = await this.#info()
    const { created, leader } = opened
    if (!info || info.created !== created || info.state.last_seq < seq) this.#lost()
    // The last changes of the other server may have been stored and not delivered.
    if (info.cluster?.leader !== leader) throw this.#end('the values at NATS have moved to another server')
    this.seen(opened.term, info.state.last_seq)
    return true
  }

  /** Notes the number of a change. Ends the connection if the change is of another term. */
  seen(term: string, seq: number): void {
    const { newest } = this.#options
    if (this.#opened && this.#opened.term !== term) this.#end()
    else if (term > newest.term || (term === newest.term && seq > newest.seq)) Object.assign(newest, { term, seq })
  }

  /** The number of the newest change that this relay knows. */
  get newest(): number {
    return this.#options.newest.seq
  }

  /** Changes came in another order than they were stored. */
  disordered(): void {
    this.#options.failed(new WildcastError('broker_down', 'NATS has sent changes of a value in another order'))
  }

  /** Whether there is surely room for `bytes`. Other relays write as well. */
  isFarFromFull(bytes: number): boolean {
    return this.#bytes + bytes <= (this.#options.limits.bytes * 3) / 4
  }

  /** Counts bytes that are about to be written. */
  count(bytes: number): void {
    this.#bytes += bytes
  }

  /** Returns the bytes that it holds now. */
  async bytes(): Promise<number> {
    await this.#info()
    return this.#bytes
  }

  async #open(): Promise<string | undefined> {
    // As of now: other relays may begin another term meanwhile.
    const newest = { ...this.#options.newest }
    const info = await this.#info()
    if (!info) return undefined
    await this.#adopt(info)
    const { nats, jetStream, clock } = this.#options
    // Over a cluster the stream outlives a server, and relays are connected to several of them.
    const server = nats.info?.cluster === undefined ? nats.info?.server_id : 'cluster'
    const history = { run: `${info.created} ${server}`, lastSeq: info.state.last_seq, newest }
    const term = await presentTerm(jetStream, history, clock)
    this.#opened = { term, created: info.created, leader: info.cluster?.leader }
    this.seen(term, info.state.last_seq)
    return term
  }

  async #info(): Promise<StreamInfo | undefined> {
    const info = await this.#options.jetStream.info(valuesStream)
    this.#bytes = info?.state.bytes ?? 0
    return info
  }

  async #adopt({ config }: StreamInfo): Promise<void> {
    const foreign = foreignSetting(config, valuesRequired)
    if (foreign !== undefined)
      throw new WildcastError(
        'unsupported',
        `the stream "${valuesStream}" at NATS has another "${foreign}" than relays give it; change it back`,
      )
    const { jetStream, limits } = this.#options
    const most = mostMessages(limits)
    if (config.max_msgs === most) return
    await unlessRefused(jetStream.update({ ...config, max_msgs: most }))
  }

  #lost(): never {
    throw this.#end()
  }

  #end(why = 'the values at NATS were replaced or dropped'): WildcastError {
    const error = new WildcastError('broker_down', `${why}; reading them again`)
    this.#options.failed(error)
    return error
  }
}
