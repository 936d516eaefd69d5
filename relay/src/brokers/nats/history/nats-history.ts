import { type BrokerMessage, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { HistoryRules } from '../../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState, HistoryStore } from '../../../core/history-store.js'
import type { PublishKey } from '../../../core/publish-key.js'
import type { Sink } from '../../foreign/driver.js'
import { natsNameOf } from '../subjects.js'
import type { JetStream } from '../values/jet-stream.js'
import { failing, isRefusedWith, JetStreamError, jetStreamCodes } from '../values/jet-stream-error.js'
import { keyHeaders, repeatedMessage } from '../values/key-headers.js'
import { keptHeaders } from './kept-form.js'
import { KeptPages, stateOf } from './kept-pages.js'
import type { RuleMessages } from './rule-messages.js'
import { WatchedPublishes } from './watched-publishes.js'

export interface NatsHistoryOptions {
  readonly nats: NatsConnection
  readonly jetStream: JetStream
  readonly rules: HistoryRules
  /** Those of each rule. */
  readonly messages: readonly RuleMessages[]
}

/** The messages that JetStream keeps, each rule in a stream of its own. */
export class NatsHistory implements HistoryStore {
  readonly rules: HistoryRules
  readonly #options: NatsHistoryOptions
  readonly #publishes: WatchedPublishes

  constructor(options: NatsHistoryOptions) {
    this.#options = options
    this.rules = options.rules
    this.#publishes = new WatchedPublishes(options.nats)
  }

  async append(message: BrokerMessage, key?: PublishKey): Promise<string> {
    const { jetStream, messages } = this.#options
    const kept = messages[this.rules.of(message.subject) ?? -1]
    if (!kept) throw new TypeError('no rule names the subject')
    if (message.responseSubject !== undefined) throw new WildcastError('unsupported', answersReason)
    const { stream } = kept
    const headers = [...keptHeaders(message), ...keyHeaders(key)]
    const stored = jetStream.store(natsNameOf(message.subject), message.payload, headers)
    const at = await failing(
      stored.catch(async (cause: unknown) => {
        // The stream may be gone.
        if (isRefusedWith(cause, jetStreamCodes.noResponders)) await stream.range()
        throw cause
      }),
    )
    if (at.stream !== stream.kept.stream) throw stream.end('another stream of NATS has taken a message of the history')
    if (at.duplicate && key) await failing(repeatedMessage(jetStream, key, at))
    stream.seen(at.seq)
    await kept.delivered(at.seq)
    return stream.terms.positionOf(at.seq)
  }

  async historyPage(pattern: Pattern, request: HistoryPageRequest): Promise<HistoryPage> {
    const { stream } = this.#onlyOne(pattern)
    return failing(new KeptPages({ ...this.#options, publishes: this.#publishes }, stream).page(pattern, request))
  }

  async historyState(pattern: Pattern, position: string): Promise<HistoryState & { readonly isKnown: boolean }> {
    const kept = this.#onlyOne(pattern)
    const range = await failing(kept.range())
    const { terms } = kept.stream
    return { ...stateOf(terms, range), isKnown: terms.isKnown(position, range.last) }
  }

  async forget(): Promise<void> {
    await Promise.all(this.#options.messages.map((kept) => this.#check(kept)))
  }

  /** Whether a rule keeps the messages of a subject. */
  keeps(subject: Pattern): boolean {
    return this.rules.of(subject) !== undefined
  }

  /** Returns those subscriptions of NATS that have messages which are not kept. */
  uncovered(natsSubjects: readonly string[]): readonly string[] {
    return natsSubjects.filter((subject) => !this.#options.messages.some((kept) => kept.cover(subject)))
  }

  /** Gives the kept messages of subscriptions of NATS to a subscriber. Returns the undo. */
  add(natsSubjects: readonly string[], sink: Sink): () => void {
    const undo = natsSubjects.flatMap((subject) => this.#options.messages.map((kept) => kept.add(subject, sink)))
    return () => {
      for (const remove of undo) remove()
    }
  }

  /** The connection has ended. */
  end(): void {
    for (const kept of this.#options.messages) kept.end()
  }

  async #check(kept: RuleMessages): Promise<void> {
    try {
      await kept.check()
    } catch (cause) {
      if (cause instanceof JetStreamError) throw kept.stream.end(`JetStream has failed (${cause.message})`)
      throw cause
    }
  }

  /** Returns the rule of a pattern. Positions of several streams can't be compared. */
  #onlyOne(pattern: Pattern): RuleMessages {
    const [first, ...others] = this.rules.touching(pattern)
    const kept = this.#options.messages[first ?? -1]
    if (!kept || others.length > 0)
      throw new WildcastError('unsupported', `"${pattern}" is not of one rule of the history`)
    return kept
  }
}

/** Why a kept subject has no requests. */
export const answersReason = 'JetStream itself answers what is published to a kept subject; use another subject'

/** Why a kept subject has no values. */
export function noValueReason(subject: Subject): string {
  return `a rule of the history names "${subject}", and on NATS such a subject has no value; leave out "retain"`
}
