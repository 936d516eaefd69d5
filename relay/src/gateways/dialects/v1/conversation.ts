import {
  type ClientFrame,
  type ConnectFrame,
  limits,
  type PublishFrame,
  type RelayFrame,
  type RequestFrame,
  refusal,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import { Cancel } from '../../../core/cancel.js'
import type { Outbox, OutboxOwner } from '../../../core/outbox.js'
import type { FeedFacts } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { Connection } from '../../connections/connection.js'
import { goingAway } from '../dialect.js'
import { Intake } from '../intake.js'
import type { V1Encoder } from './encoders.js'
import { askOf, errorOf, publishOf, responseOf, subscribeOf, welcome } from './frames.js'

/**
 * What a client and its session say to each other in v1, whatever connection carries it: every
 * question is answered, and errors are in-band.
 */
export class Conversation implements OutboxOwner {
  readonly session: Session
  #encoder: V1Encoder
  readonly #relay: RelayView
  readonly #outbox: Outbox
  readonly #connection: Connection
  /** Made when a broker first takes its time to confirm. */
  #intake: Intake | undefined
  #batch: number | undefined
  /** Requests in flight, by ref. */
  #asking: Map<number, Cancel> | undefined

  constructor(encoder: V1Encoder, relay: RelayView, connection: Connection) {
    this.#encoder = encoder
    this.#relay = relay
    this.#connection = connection
    this.#outbox = relay.outbox(encoder, { wire: connection, owner: this })
    this.session = relay.open(this.#outbox)
  }

  /** Bytes of a message with several frames. Undefined if the client has not asked for that. */
  get batch(): number | undefined {
    return this.#batch
  }

  ended({ id }: FeedFacts, { code, message }: WildcastError): void {
    this.#send({ kind: 'Unsubscribed', id, error: { code, message } })
  }

  /** @throws {WildcastError} what the frame is refused with */
  act(frame: ClientFrame): void {
    switch (frame.kind) {
      case 'Connect':
        this.#connect(frame)
        return
      case 'Subscribe':
        this.#subscribe(frame)
        return
      case 'Unsubscribe':
        this.session.unsubscribe(frame.id)
        this.#send({ kind: 'Unsubscribed', ref: frame.ref, id: frame.id })
        return
      case 'Publish':
        this.#publish(frame)
        return
      case 'Request':
        this.#request(frame)
        return
      case 'Cancel':
        this.#asking?.get(frame.ref)?.abort(new WildcastError('interrupted', 'the request was cancelled'))
        return
      case 'Authenticate':
        throw new WildcastError('unsupported', 'this relay asks nobody who they are; leave the token out')
      case 'Received': // counted for a resume, which this relay has not: Welcome says resume_bytes 0
      case 'Pong': // its arrival alone is the sign of life
        return
    }
  }

  /** Nothing that follows can be read. */
  fail(cause: unknown): void {
    this.#outbox.end(WildcastError.from(cause))
  }

  refuse(cause: unknown, ref: number | undefined): void {
    const error = WildcastError.from(cause)
    if (error.code === 'internal') this.#relay.onError(error, { stage: 'session' })
    this.#send(errorOf(error, ref))
  }

  ping(): void {
    this.#send({ kind: 'Ping' })
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#send({ kind: 'GoingAway', reconnect_in: windowMs })
    this.#outbox.end(goingAway())
  }

  close(): void {
    this.#abandon([...(this.#asking?.values() ?? [])])
    this.session.close()
    this.#outbox.close()
  }

  /** Ends requests whose client has left: thousands may end at once, when several clients leave. */
  #abandon(requests: readonly Cancel[]): void {
    const { slice } = this.#relay
    const left = refusal('interrupted', 'the client left')
    let next = 0
    while (next < requests.length && slice.admits(0)) requests[next++]?.abort(left)
    if (next < requests.length) slice.later(() => this.#abandon(requests.slice(next)))
  }

  #connect({ batch }: ConnectFrame): void {
    const { batched } = this.#encoder
    if (batch !== undefined && batched) this.#batch = Math.min(batch, limits.batchBytes)
    this.#send(welcome(this.#relay, this.session, this.#batch))
    if (this.#batch === undefined || !batched) return
    // The client knows of batches when it has read that, so nothing is joined with it.
    this.#encoder = batched(this.#batch)
    this.#outbox.encodeWith(this.#encoder)
  }

  #subscribe(frame: SubscribeFrame): void {
    const { ref } = frame
    this.session
      .subscribe(subscribeOf(frame), ({ id, subject }) => this.#send({ kind: 'Subscribed', ref, id, subject }))
      .catch((cause) => this.refuse(cause, ref))
  }

  #publish(frame: PublishFrame): void {
    const { ref } = frame
    const sent = this.session.publish(publishOf(frame))
    if (sent === undefined) {
      this.#acknowledge(ref)
      return
    }
    this.#intake ??= new Intake(this.#connection)
    const settled = this.#intake.begin(frame.message.length)
    sent
      .then(
        () => this.#acknowledge(ref),
        (cause) => this.refuse(cause, ref),
      )
      .finally(settled)
  }

  #request(frame: RequestFrame): void {
    const { ref } = frame
    this.#asking ??= new Map()
    const asking = this.#asking
    if (asking.has(ref)) throw new WildcastError('invalid_frame', `a request with ref ${ref} is in flight; count on`)
    const cancel = new Cancel()
    asking.set(ref, cancel)
    this.session
      .request(askOf(frame), { signal: cancel, onPart: (part) => this.#send(responseOf(ref, part)) })
      .then((answer) => {
        asking.delete(ref)
        this.#send(responseOf(ref, answer))
      })
      .catch((cause) => {
        asking.delete(ref)
        // Who cancelled does not wait for an answer any more.
        if (!cancel.aborted) this.refuse(cause, ref)
      })
  }

  #acknowledge(ref: number | undefined): void {
    if (ref !== undefined) this.#send({ kind: 'Ack', ref })
  }

  #send(frame: RelayFrame): void {
    this.#outbox.deliver({ bytes: this.#encoder.frame(frame) })
  }
}
