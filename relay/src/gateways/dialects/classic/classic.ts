import {
  checkFrameLength,
  classicJsonCodec,
  type PublishFrame,
  parsePattern,
  readClassicFrame,
  WildcastError,
} from '@wildcast/protocol'
import { classicMsgpackCodec } from '@wildcast/protocol/msgpack'
import type { Outbox } from '../../../core/outbox.js'
import type { StreamEncoder } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { ClientConnection, Dialect } from '../../connections/connection.js'
import type { OpenDialect } from '../dialect.js'
import { Intake } from '../intake.js'
import { fail, failPublish, silent } from './failures.js'

/** How often a socket may subscribe to the same: each is one more copy of every message. */
const copiesLimit = 10

/**
 * The original's two-way protocol: no answers, and a frame that can't be read closes the
 * connection.
 */
export function classicDialect(encoder: StreamEncoder): OpenDialect {
  return (relay, connection) => new Classic(encoder, relay, connection)
}

class Classic implements Dialect {
  readonly #relay: RelayView
  readonly #connection: ClientConnection
  readonly #outbox: Outbox
  readonly #intake: Intake
  readonly #publisher: Session
  /**
   * Two equal subscriptions of one socket give two copies, so the second needs a session of its
   * own.
   */
  readonly #sessions: Session[]
  readonly #copies: Map<string, number> = new Map()

  constructor(encoder: StreamEncoder, relay: RelayView, connection: ClientConnection) {
    this.#relay = relay
    this.#connection = connection
    this.#outbox = relay.outbox(encoder, { wire: connection, owner: silent })
    this.#intake = new Intake(connection)
    this.#publisher = relay.open(this.#outbox)
    this.#sessions = [this.#publisher]
  }

  receive(data: string | Uint8Array): void {
    try {
      this.#act(data)
    } catch (cause) {
      fail(this.#relay, this.#outbox, cause) // in the same turn, so that nothing behind it is acted on
    }
  }

  ping(): void {
    this.#connection.ping()
  }

  end(error: WildcastError): void {
    this.#outbox.end(error)
  }

  close(): void {
    for (const session of this.#sessions) session.close()
    this.#outbox.close()
  }

  #act(data: string | Uint8Array): void {
    checkFrameLength(data)
    const codec = typeof data === 'string' ? classicJsonCodec : classicMsgpackCodec
    const frame = readClassicFrame(codec.decode(data))
    if (frame.kind === 'Subscribe')
      this.#subscribe(frame.subject).catch((cause) => fail(this.#relay, this.#outbox, cause))
    else this.#publish(frame)?.catch((cause) => failPublish(this.#relay, this.#outbox, cause))
  }

  #subscribe(text: string): Promise<void> {
    const subject = parsePattern(text)
    const copy = this.#copies.get(subject) ?? 0
    if (copy >= copiesLimit)
      throw new WildcastError('too_many_subscriptions', `${copiesLimit} equal subscriptions are enough for one socket`)
    this.#copies.set(subject, copy + 1)
    const session = this.#sessions[copy] ?? this.#relay.open(this.#outbox)
    this.#sessions[copy] = session
    return session.subscribe({ subject }, () => {})
  }

  #publish({ subject, message, broker, response_subject }: PublishFrame): Promise<void> | undefined {
    return this.#publisher
      .publish({ subject, payload: message, broker, responseSubject: response_subject })
      ?.finally(this.#intake.begin(message.length))
  }
}
