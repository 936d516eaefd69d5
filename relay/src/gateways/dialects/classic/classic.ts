import {
  checkFrameLength,
  classicJsonCodec,
  type PublishFrame,
  parsePattern,
  readClassicFrame,
  WildcastError,
} from '@wildcast/protocol'
import { classicMsgpackCodec } from '@wildcast/protocol/msgpack'
import type { Identity } from '../../../core/access/identity.js'
import type { Outbox } from '../../../core/outbox.js'
import type { StreamEncoder } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { ClientConnection, Dialect } from '../../connections/connection.js'
import type { OpenDialect } from '../dialect.js'
import { PublishThrottle } from '../publish-throttle.js'
import { classicOwner, fail, failPublish } from './failures.js'

/** Limit of equal subscriptions of a socket: each gets one more copy of every message. */
const copiesLimit = 10

/**
 * The original's two-way protocol: without answers. A frame that can't be read closes the
 * connection.
 */
export function classicDialect(encoder: StreamEncoder): OpenDialect {
  return (relay, connection, { identity }) => new Classic(encoder, relay, connection, identity)
}

class Classic implements Dialect {
  readonly #relay: RelayView
  readonly #connection: ClientConnection
  readonly #outbox: Outbox
  readonly #throttle: PublishThrottle
  readonly #publisher: Session
  /** Two equal subscriptions of one socket get two copies, so the second needs another session. */
  readonly #sessions: Session[]
  readonly #copies: Map<string, number> = new Map()
  /** Shared by its sessions, since more of them are no reason for more rights. */
  readonly #rateKey: string

  constructor(encoder: StreamEncoder, relay: RelayView, connection: ClientConnection, identity: Identity) {
    this.#relay = relay
    this.#connection = connection
    this.#outbox = relay.outbox(encoder, { wire: connection, owner: classicOwner })
    this.#throttle = new PublishThrottle(connection)
    this.#rateKey = `socket ${relay.newId()}`
    this.#publisher = relay.open(this.#outbox, identity, this.#rateKey)
    this.#sessions = [this.#publisher]
  }

  receive(data: string | Uint8Array): void {
    try {
      this.#act(data)
    } catch (cause) {
      fail(this.#relay, this.#outbox, cause) // in the same turn, so that no later frame is handled
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
    const session = this.#sessions[copy] ?? this.#relay.open(this.#outbox, this.#publisher.identity, this.#rateKey)
    this.#sessions[copy] = session
    return session
      .subscribe({ subject }, () => {})
      .catch((cause) => {
        this.#forgetCopy(subject)
        throw cause
      })
  }

  #forgetCopy(subject: string): void {
    const copies = (this.#copies.get(subject) ?? 0) - 1
    if (copies > 0) this.#copies.set(subject, copies)
    else this.#copies.delete(subject)
  }

  #publish({ subject, message, broker, response_subject }: PublishFrame): Promise<void> | undefined {
    const sent = this.#publisher.publish({ subject, payload: message, broker, responseSubject: response_subject })
    if (!(sent instanceof Promise)) return undefined
    return sent.then(() => {}).finally(this.#throttle.begin(message.length))
  }
}
