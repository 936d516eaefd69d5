import {
  type ClientFrame,
  type ConnectFrame,
  type PublishFrame,
  type RelayFrame,
  type RequestFrame,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { Outbox } from '../../../core/outbox.js'
import type { OutboxOwner } from '../../../core/outbox-ports.js'
import type { FeedFacts } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { ResumableSession } from '../../../core/sessions.js'
import type { ClientConnection } from '../../connections/connection.js'
import { PublishThrottle } from '../publish-throttle.js'
import { batchOf, type V1Encoder } from './encoders.js'
import { askOf, errorOf, publishOf, responseOf, subscribeOf, welcome } from './frames.js'
import { PendingRequests } from './pending-requests.js'
import { ReceivedCount } from './received-count.js'

/** Close codes that end the session. Browsers send 1001 when a page is left or crashes. */
const leavingCodes: readonly (number | undefined)[] = [1000, 1001]

/**
 * The v1 frames of a client and its session. After `Connect` it outlives its connection for a
 * while, so that the client can resume it. Frames are counted both ways: see docs/protocol.md.
 */
export class Conversation implements OutboxOwner, ResumableSession {
  readonly session: Session
  /** Used until batches are agreed on. */
  readonly #plain: V1Encoder
  #encoder: V1Encoder
  readonly #relay: RelayView
  readonly #outbox: Outbox
  /** Absent while the client is away. */
  #connection: ClientConnection | undefined
  #throttle: PublishThrottle | undefined
  #batch: number | undefined
  readonly #requests = new PendingRequests()
  readonly #count = new ReceivedCount()
  #key: string | undefined
  #leavingCodes = leavingCodes
  #isOver = false

  constructor(encoder: V1Encoder, relay: RelayView, connection: ClientConnection) {
    this.#plain = encoder
    this.#encoder = encoder
    this.#relay = relay
    this.#connection = connection
    this.#outbox = relay.outbox(encoder, { wire: connection, owner: this })
    this.session = relay.open(this.#outbox)
  }

  /** Authenticates the session's client. Absent before `Connect`. */
  get key(): string | undefined {
    return this.#key
  }

  get holdsFrames(): boolean {
    return this.#outbox.holdsFrames
  }

  /** Bytes of a batch. Undefined if the client has not asked for batches. */
  get batch(): number | undefined {
    return this.#batch
  }

  get received(): number {
    return this.#count.received
  }

  ended({ id }: FeedFacts, { code, message }: WildcastError): void {
    this.#send({ kind: 'Unsubscribed', id, error: { code, message } })
  }

  /** Answers `Connect`. Returns this conversation, or an earlier one that is resumed. */
  connect(frame: ConnectFrame): Conversation {
    const connection = this.#connection
    const former = frame.session === undefined ? undefined : this.#relay.sessions.find(frame.session)
    if (connection && former instanceof Conversation && former !== this) {
      if (former.#resume(connection, this.#plain, frame)) {
        this.#connection = undefined
        this.close()
        return former
      }
      former.#replace() // its client begins again
      former.close()
    }
    this.#begin(frame)
    return this
  }

  /** Returns the frames after the first `count`; undefined if they are not kept. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#outbox.after(count)
  }

  /** Counts a frame of the client. Returns false if it had come before. */
  count(number: number, bytes: number): boolean {
    const count = this.#count
    const hadNothingNew = count.unconfirmedBytes === 0
    if (!count.take(number, bytes)) return false
    if (this.#isKept) {
      if (count.unconfirmedBytes >= this.#relay.limits.resume / 4) this.confirm()
      else if (hadNothingNew) this.#relay.sessions.confirmSoon(this)
    }
    return true
  }

  confirm(): void {
    if (!this.#connection) return // `Welcome` will confirm
    const count = this.#count.confirm()
    if (count !== undefined) this.#sendUncounted({ kind: 'Received', count })
  }

  /** @throws {WildcastError} if the frame is refused */
  act(frame: Exclude<ClientFrame, ConnectFrame>): void {
    switch (frame.kind) {
      case 'Subscribe':
        this.#subscribe(frame)
        return
      case 'Unsubscribe':
        this.session.unsubscribe(frame.id, frame.handled)
        this.#send({ kind: 'Unsubscribed', ref: frame.ref, id: frame.id })
        return
      case 'Publish':
        this.#publish(frame)
        return
      case 'Request':
        this.#request(frame)
        return
      case 'Cancel':
        this.#requests.cancel(frame.ref)
        return
      case 'Authenticate':
        throw new WildcastError('unsupported', 'this relay has no authentication; leave the token out')
      case 'Received':
        if (this.#isKept && !this.#outbox.confirm(frame.count))
          throw new WildcastError('invalid_frame', '"Received" must count the frames of this session')
        return
      case 'Ping':
        this.#send({ kind: 'Pong' })
        return
      case 'Pong': // its arrival is enough
        return
    }
  }

  async whenAnswered(): Promise<void> {
    await this.#throttle?.whenConfirmed()
  }

  /** Closes the connection and ends the session: the client can't resume it. */
  end(error: WildcastError): void {
    this.#outbox.end(error)
    this.close()
  }

  refuse(cause: unknown, ref: number | undefined): void {
    const error = WildcastError.from(cause)
    if (error.code === 'internal') this.#relay.onError(error, { stage: 'session' })
    this.#send(errorOf(error, ref))
  }

  ping(): void {
    this.#sendUncounted({ kind: 'Ping' })
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#sendUncounted({ kind: 'GoingAway', reconnect_in: windowMs })
  }

  cutOff(): void {
    this.close()
  }

  /** A connection is gone. `code` is the client's close code, if it sent one. */
  leave(connection: ClientConnection, code: number | undefined): void {
    if (connection !== this.#connection) return // another one has taken its place
    this.#connection = undefined
    if (this.#key === undefined || !this.#isKept || this.#leavingCodes.includes(code)) this.close()
    if (this.#key === undefined || this.#isOver) return
    this.#outbox.detach()
    this.#throttle?.moveTo(undefined)
    this.#relay.sessions.leave(this.#key)
  }

  expire(): void {
    this.end(new WildcastError('interrupted', 'the session was ended; connect again'))
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#key !== undefined) this.#relay.sessions.delete(this.#key)
    this.#requests.abandon(this.#relay.slice)
    this.session.close()
    this.#outbox.close()
  }

  /** Whether frames are kept until they are confirmed, both ways. */
  get #isKept(): boolean {
    return this.#key !== undefined && this.#relay.limits.resume > 0
  }

  #begin({ batch, shared = false }: ConnectFrame): void {
    const { sessions, limits } = this.#relay
    if (shared) this.#leavingCodes = leavingCodes.slice(0, 1) // other pages still use the session
    this.#key = sessions.open(this)
    this.#batch = batchOf(this.#plain, batch)
    this.#outbox.writeUncounted(this.#welcome(this.#key, false))
    // The client can't split batches before `Welcome`, so nothing is joined with it.
    if (this.#batch !== undefined) this.#encoder = this.#plain.batched?.(this.#batch) ?? this.#plain
    this.#outbox.encodeWith(this.#encoder, limits.resume > 0 ? 'kept' : 'sent')
  }

  /** Continues on another connection, if the client has all frames that are no longer kept. */
  #resume(connection: ClientConnection, encoder: V1Encoder, { received = 0, batch }: ConnectFrame): boolean {
    const key = this.#key
    // The kept frames are of this encoder.
    const sameBytes = encoder === this.#plain && batchOf(encoder, batch) === this.#batch
    if (key === undefined || !sameBytes || !this.#outbox.after(received)) return false
    this.#replace()
    this.#connection = connection
    this.#relay.sessions.comeBack(key)
    this.#count.confirm()
    this.#throttle?.moveTo(connection)
    this.#outbox.attach(connection, received, this.#welcome(key, true))
    return true
  }

  /** The client has another connection: ends this one. */
  #replace(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (!connection) return
    this.#outbox.detach()
    connection.end(new WildcastError('replaced', 'the session continues over another connection'))
  }

  #welcome(key: string, resumed: boolean): Uint8Array {
    const facts = { session: key, name: this.session.name, resumed, received: this.received, batch: this.#batch }
    return this.#plain.frame(welcome(this.#relay, facts))
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
    this.#throttle ??= new PublishThrottle(this.#connection)
    sent
      .then(
        () => this.#acknowledge(ref),
        (cause) => this.refuse(cause, ref),
      )
      .finally(this.#throttle.begin(frame.message.length))
  }

  #request(frame: RequestFrame): void {
    const { ref } = frame
    const requests = this.#requests
    const cancel = requests.begin(ref)
    this.session
      .request(askOf(frame), { signal: cancel, onPart: (part) => this.#send(responseOf(ref, part)) })
      .finally(() => requests.end(ref))
      .then((answer) => this.#send(responseOf(ref, answer)))
      .catch((cause) => {
        // A client that has cancelled awaits no answer.
        if (!cancel.aborted) this.refuse(cause, ref)
      })
  }

  #acknowledge(ref: number | undefined): void {
    if (ref !== undefined) this.#send({ kind: 'Ack', ref })
  }

  #send(frame: RelayFrame): void {
    this.#outbox.deliver({ bytes: this.#encoder.frame(frame) })
  }

  #sendUncounted(frame: RelayFrame): void {
    this.#outbox.writeUncounted(this.#encoder.frame(frame))
  }
}
