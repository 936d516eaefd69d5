import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { Clock } from '../../../core/clock.js'
import type { JetStream, StreamInfo } from '../values/jet-stream.js'
import { isRefusedWith, jetStreamCodes, unlessRefused } from '../values/jet-stream-error.js'
import { foreignSetting } from '../values/stream-settings.js'
import { presentTerms } from './begin-kept-term.js'
import type { KeptRule } from './kept-rules.js'
import { keptRequired, keptSettings, updatedSettings } from './kept-settings.js'
import type { KeptTerms } from './kept-terms.js'

export interface KeptStreamOptions {
  readonly kept: KeptRule
  readonly nats: NatsConnection
  readonly jetStream: JetStream
  readonly clock: Pick<Clock, 'wall' | 'random'>
  /** Ends the connection: messages may be missing, so subscribers need a gap. */
  failed(error: WildcastError): void
}

/** The messages that a stream holds now. */
export interface KeptRange {
  /** The number of the oldest message, or of the next one if the stream is empty. */
  readonly first: number
  /** The number of the newest message, 0 if there was none. */
  readonly last: number
  /** The mean size of its messages in bytes, at least 1. */
  readonly mean: number
}

/** The stream of a rule, as this connection has found it. */
export class KeptStream {
  readonly kept: KeptRule
  readonly #options: KeptStreamOptions
  #found: { readonly created: string; readonly leader: string | undefined; readonly terms: KeptTerms } | undefined

  constructor(options: KeptStreamOptions) {
    this.#options = options
    this.kept = options.kept
  }

  /** The terms of its positions. Only after `open`. */
  get terms(): KeptTerms {
    if (!this.#found) throw new TypeError(`the stream "${this.kept.stream}" is not open`)
    return this.#found.terms
  }

  /**
   * Finds the stream, or makes it.
   * @throws {WildcastError} `unsupported` if it is not ours, or if it overlaps another stream
   */
  async open(): Promise<void> {
    const { kept, nats, jetStream, clock } = this.#options
    const info = (await this.#info()) ?? (await this.#make())
    await this.#adopt(info)
    const { created } = info
    const last = info.state.last_seq
    // Over a cluster the stream outlives a server, and relays are connected to several of them.
    const server = nats.info?.cluster === undefined ? (nats.info?.server_id ?? '') : 'cluster'
    const terms = await presentTerms(jetStream, kept, { created, server, last }, clock)
    this.#found = { created, leader: info.cluster?.leader, terms }
    this.seen(last)
  }

  /**
   * Returns what it holds now.
   * @throws {WildcastError} `broker_down` if it is not the stream that was opened
   */
  async range(): Promise<KeptRange> {
    const { seq } = this.kept.newest // as of now: more messages come while it is asked
    const info = await this.#info()
    const { first_seq: first = 0, last_seq: last = 0, bytes = 0, messages = 0 } = info?.state ?? {}
    const { created, leader } = this.#found ?? {}
    if (!info || info.created !== created || last < seq)
      throw this.end('the messages that NATS has kept were replaced or dropped')
    // The last messages of the other server may have been stored and not delivered.
    if (info.cluster?.leader !== leader) throw this.end('the messages that NATS has kept have moved to another server')
    this.seen(last)
    return { first: Math.max(first, 1), last, mean: Math.max(1, bytes / Math.max(1, messages)) }
  }

  /** Notes the number of a message. */
  seen(seq: number): void {
    const { newest } = this.#options.kept
    const { term } = this.terms.newest
    if (term !== newest.term) Object.assign(newest, { term, seq })
    else newest.seq = Math.max(newest.seq, seq)
  }

  /** Ends the connection. Returns its error. */
  end(why: string): WildcastError {
    const error = new WildcastError('broker_down', `${why}; reading them again`)
    this.#options.failed(error)
    return error
  }

  async #info(): Promise<StreamInfo | undefined> {
    return this.#options.jetStream.info(this.kept.stream)
  }

  async #make(): Promise<StreamInfo> {
    const { kept, jetStream } = this.#options
    await jetStream.create(keptSettings(kept)).catch((cause: unknown) => {
      if (isRefusedWith(cause, jetStreamCodes.overlap))
        throw new WildcastError(
          'unsupported',
          `another stream at NATS has subjects of "${kept.rule.subjects}", so the history can't keep them; remove one`,
        )
      // Another relay, with other limits, was faster.
      if (!isRefusedWith(cause, jetStreamCodes.otherStream)) throw cause
    })
    const made = await this.#info()
    if (!made) throw new WildcastError('broker_down', `the stream "${kept.stream}" at NATS was made, and is not there`)
    return made
  }

  async #adopt({ config }: StreamInfo): Promise<void> {
    const { kept, jetStream } = this.#options
    const foreign = foreignSetting(config, keptRequired(kept))
    if (foreign !== undefined)
      throw new WildcastError(
        'unsupported',
        `the stream "${kept.stream}" at NATS has another "${foreign}" than relays give it; change it back`,
      )
    const updated = updatedSettings(config, kept)
    if (updated) await unlessRefused(jetStream.update(updated))
  }
}
