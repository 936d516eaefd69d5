import { type BrokerMessage, covers, parsePattern, type Subject, SubjectTree } from '@wildcast/protocol'
import type { Msg, NatsConnection, Subscription } from 'nats'
import type { Dropped } from '../../../core/broker.js'
import type { Clock } from '../../../core/clock.js'
import type { Sink } from '../../foreign/driver.js'
import { names } from '../subjects.js'
import { keptFields, republishedSeq } from './kept-form.js'
import { KeptOrder } from './kept-order.js'
import type { KeptRange, KeptStream } from './kept-stream.js'

export interface RuleMessagesPorts {
  readonly nats: NatsConnection
  readonly stream: KeptStream
  readonly clock: Pick<Clock, 'after'>
  dropped(why: Dropped): void
}

/**
 * The messages that NATS keeps for one rule, as the server publishes them again. A connection
 * receives all of them: only so it knows that none is missing, and their order.
 */
export class RuleMessages {
  readonly stream: KeptStream
  readonly #ports: RuleMessagesPorts
  readonly #order: KeptOrder<Msg>
  readonly #sinks: SubjectTree<Sink> = new SubjectTree()
  #subscription: Subscription | undefined
  /** The number that the stream had at the last check. */
  #checked = 0

  constructor(ports: RuleMessagesPorts) {
    const { stream, clock } = ports
    this.#ports = ports
    this.stream = stream
    this.#order = new KeptOrder<Msg>({
      clock,
      deliver: (msg, seq) => this.#deliver(msg, seq),
      failed: () => void stream.end('NATS has not delivered a message that it has kept'),
    })
  }

  /** Receives all messages that are stored from now on. */
  async begin(): Promise<void> {
    const { nats, stream } = this.#ports
    const callback = (refusal: unknown, msg: Msg): void => {
      if (!refusal) this.#take(msg)
    }
    this.#subscription = nats.subscribe(`${stream.kept.prefix}>`, { callback })
    await nats.flush()
    const { last } = await stream.range()
    this.#checked = last
    this.#order.begin(last)
  }

  /** Gives messages to a subscription of NATS. Returns the undo. */
  add(natsSubject: string, sink: Sink): () => void {
    return this.#sinks.add(patternOf(natsSubject), sink)
  }

  /** Whether it has all messages of a subscription of NATS. */
  cover(natsSubject: string): boolean {
    return covers(this.stream.kept.rule.subjects, patternOf(natsSubject))
  }

  /** Resolves when all messages up to this number are delivered. */
  delivered(seq: number): Promise<void> | undefined {
    return this.#order.delivered(seq)
  }

  /** Returns what the stream holds, once all of it is delivered. */
  async range(): Promise<KeptRange> {
    const range = await this.stream.range()
    await this.delivered(range.last)
    return range
  }

  /** Checks that messages still come. Called often, since JetStream does not report it. */
  async check(): Promise<void> {
    const before = this.#checked
    this.#checked = (await this.stream.range()).last
    // Asks for those of the last check, so that a busy link has time.
    void this.delivered(before)
  }

  end(): void {
    this.#order.end()
    if (!this.#ports.nats.isClosed()) this.#subscription?.unsubscribe()
  }

  #take(msg: Msg): void {
    const seq = republishedSeq(msg)
    if (seq === undefined) this.#ports.dropped('foreign_message')
    else this.#order.take(msg, seq)
  }

  #deliver(msg: Msg, seq: number): void {
    const { stream, dropped } = this.#ports
    stream.seen(seq)
    const subject = names.subjectOf(msg.subject.slice(stream.kept.prefix.length))
    const fields = keptFields(msg)
    if (subject === undefined) dropped('foreign_subject')
    else if (!fields) dropped('foreign_headers')
    else this.#send({ subject, payload: msg.data, ...fields, position: stream.terms.positionOf(seq) })
  }

  #send(message: BrokerMessage & { readonly subject: Subject }): void {
    for (const sink of this.#sinks.match(message.subject)) sink(message)
  }
}

/** Returns the pattern of a subscription of NATS. */
function patternOf(natsSubject: string): ReturnType<typeof parsePattern> {
  const segments = natsSubject.split('.').map((segment) => {
    if (segment === '>') return '*.**'
    return segment === '*' ? segment : (names.subjectOf(segment) ?? segment)
  })
  return parsePattern(segments.join('.'))
}
