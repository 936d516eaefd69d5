import { type BrokerMessage, type Payload, parseSubject, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import { noPosition } from '../position.js'
import type { SessionActions } from '../session-actions.js'
import { factsAfter, type HistoryFacts, type ProducerVerdict, type ProducerWrite, verdictOn } from './history-facts.js'
import { NoHistory } from './no-history.js'
import { type HistoryPlace, type SubjectHistories, usualType } from './subject-histories.js'
import type { SubjectHistory } from './subject-history.js'

export interface SessionHistoryPorts {
  readonly hub: Hub
  readonly histories: SubjectHistories
  readonly actions: SessionActions
  readonly clock: Clock
  /** @throws {WildcastError} if the session was revoked */
  readonly demandPresent: () => void
}

/** A history that a client names. */
export interface HistoryName {
  readonly subject: string
  /** @default the first of the relay */
  readonly broker?: string | undefined
}

/** Messages to append. */
export interface Append extends HistoryName {
  /** Their content type. */
  readonly type: string
  /** One or more. */
  readonly payloads: readonly Payload[]
  /** A text that must be greater than the last one. */
  readonly seq?: string | undefined
  /** Writes once, however often it is sent. */
  readonly producer?: ({ readonly id: string } & ProducerWrite) | undefined
}

/** The outcome of an append. */
export type Appended =
  | { readonly kind: 'appended'; readonly position: string }
  /** The history has another content type. */
  | { readonly kind: 'other type'; readonly type: string }
  /** The text is not greater than the last one. */
  | { readonly kind: 'old seq'; readonly last: string }
  | Exclude<ProducerVerdict, { readonly kind: 'next' }>

/** The declaration of a history. */
export interface Declaration extends HistoryName {
  /** @default `application/octet-stream`, or that of the messages that are kept already */
  readonly type: string | undefined
  /** The first messages, for a content type. */
  readonly payloads: (type: string) => readonly Payload[]
}

/** The outcome of a declaration. */
export interface Declared {
  readonly kind: 'new' | 'same' | 'other type'
  readonly history: SubjectHistory
}

/** Content type of a history whose first writer names none. */
const unnamedType = 'application/octet-stream'

/** Messages that are published at once. */
const atOnce = 100

/** Returns the media type of a content type, without parameters. */
export function mediaTypeOf(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** The histories of single subjects, as one client may use them. */
export class SessionHistory {
  readonly #ports: SessionHistoryPorts

  constructor(ports: SessionHistoryPorts) {
    this.#ports = ports
  }

  /**
   * Opens a history to read it.
   * @throws {NoHistory} if no message of the subject is kept
   * @throws {WildcastError} as `subscribe`
   */
  async open({ subject: text, broker }: HistoryName): Promise<SubjectHistory> {
    const { actions, histories, demandPresent } = this.#ports
    demandPresent()
    const subject = parseSubject(text)
    const { result, decided } = orNoHistory(() => actions.subscribe({ subject, broker, history: { ref: 0 } }))
    if (decided !== undefined) await decided.then(demandPresent)
    return histories.open({ broker: result.broker, subject })
  }

  /**
   * Declares the content type of a history, and appends its first messages if it is new.
   * @throws {WildcastError} as `append`
   */
  async declare({ subject: text, broker: asked, type, payloads }: Declaration): Promise<Declared> {
    const { hub, histories } = this.#ports
    const place = await this.#place({ subject: text, broker: asked })
    const open = await histories.open(place)
    const isKept = await this.#hasMessages(open)
    const wanted = type ?? (isKept ? usualType : unnamedType)
    if (isKept && mediaTypeOf(wanted) !== usualType && !(await histories.facts(place)))
      return { kind: 'other type', history: open }
    const first = payloads(wanted)
    const messages = first.length > 0 ? (await this.#check(place, first)).messages : []
    if (mediaTypeOf(wanted) === usualType && !hub.can(place.broker, 'retained')) return { kind: 'same', history: open }
    const { facts, undo } = await histories.declare(place, { type: wanted, producers: new Map() })
    if (undo && messages.length > 0)
      await this.#publish(place.broker, messages).catch(async (cause: unknown) => {
        await undo() // so that another attempt appends them
        throw cause
      })
    const isSame = type === undefined || mediaTypeOf(facts.type) === mediaTypeOf(type)
    return { kind: undo ? 'new' : isSame ? 'same' : 'other type', history: await histories.open(place) }
  }

  /**
   * Appends messages. All are checked before the first is published.
   * @throws {NoHistory} if no message of the subject is kept
   * @throws {WildcastError} as `publish`
   */
  async append({ subject, broker, payloads, ...write }: Append): Promise<Appended> {
    const { actions, hub, histories } = this.#ports
    const { place, messages } = await this.#check({ subject, broker }, payloads)
    if (write.producer === undefined && write.seq === undefined) {
      const type = (await histories.facts(place))?.type ?? usualType
      if (mediaTypeOf(type) !== mediaTypeOf(write.type)) return { kind: 'other type', type }
      return { kind: 'appended', position: await this.#publish(place.broker, messages) }
    }
    hub.demand(place.broker, 'retained')
    const { producer: named, ...rest } = write
    // A user may not write as the producer of another one.
    const producer = named && { ...named, id: JSON.stringify([actions.identity.user, named.id]) }
    return histories.inOrder(place, () => this.#appendInOrder(place, messages, { ...rest, producer }))
  }

  async #appendInOrder(
    place: HistoryPlace,
    messages: readonly BrokerMessage[],
    { type, seq, producer }: Pick<Append, 'type' | 'seq' | 'producer'>,
  ): Promise<Appended> {
    const { histories } = this.#ports
    const facts: HistoryFacts = (await histories.facts(place)) ?? { type: usualType, producers: new Map() }
    if (mediaTypeOf(facts.type) !== mediaTypeOf(type)) return { kind: 'other type', type: facts.type }
    const verdict = producer && verdictOn(producer, facts.producers.get(producer.id))
    if (verdict && verdict.kind !== 'next') return verdict
    if (seq !== undefined && facts.seq !== undefined && seq <= facts.seq) return { kind: 'old seq', last: facts.seq }
    const position = await this.#publish(place.broker, messages)
    await histories.learn(place, factsAfter(facts, { seq, producer }))
    return { kind: 'appended', position }
  }

  /** Checks a history to declare. @throws {WildcastError} as `append` */
  async #place({ subject: text, broker: asked }: HistoryName): Promise<HistoryPlace> {
    const { actions, hub, demandPresent } = this.#ports
    demandPresent()
    const subject = parseSubject(text)
    const { broker, decided } = actions.mayPublish({ subject, broker: asked })
    if (decided !== undefined) await decided.then(demandPresent)
    orNoHistory(() => hub.history(broker, subject))
    return { broker, subject }
  }

  /**
   * Checks messages, one or more, before the first is published.
   * @throws {WildcastError} as `append`
   */
  async #check(
    { subject: text, broker }: HistoryName,
    [payload, ...more]: readonly Payload[],
  ): Promise<{ readonly place: HistoryPlace; readonly messages: readonly BrokerMessage[] }> {
    const { actions, hub, demandPresent } = this.#ports
    demandPresent()
    if (payload === undefined) throw new WildcastError('invalid_frame', 'there is no message to append')
    const subject = parseSubject(text)
    const first = actions.publish({ subject, broker, payload })
    const checked = [first, ...more.map((another) => actions.publishAlso(first, another))]
    if (first.decided !== undefined) await first.decided.then(demandPresent)
    orNoHistory(() => hub.history(first.broker, subject))
    return { place: { broker: first.broker, subject }, messages: checked.map(({ result }) => result) }
  }

  /** Publishes messages that passed all checks. Returns the position of the last one. */
  async #publish(broker: string, messages: readonly BrokerMessage[]): Promise<string> {
    const { hub, clock } = this.#ports
    let position: string | undefined
    for (let i = 0; i < messages.length; i += atOnce) {
      if (i > 0) await new Promise<void>((resolve) => clock.endOfTurn(resolve)) // others have their turn
      const publishing = messages.slice(i, i + atOnce).map((message) => hub.publish(broker, message))
      position = (await Promise.all(publishing)).at(-1)
    }
    if (position === undefined) throw new WildcastError('internal', 'a kept message has no position')
    return position
  }

  async #hasMessages(history: SubjectHistory): Promise<boolean> {
    const { messages } = await history.after(noPosition, { messages: 1, bytes: 1 })
    return messages.length > 0
  }
}

function orNoHistory<Result>(run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    throw NoHistory.from(cause)
  }
}
