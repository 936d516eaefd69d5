import { type ClientFrame, type ConnectFrame, type RelayFrame, WildcastError } from '@wildcast/protocol'
import { type Identity, isSameUser } from '../../../core/access/identity.js'
import type { Outbox } from '../../../core/outbox.js'
import type { OutboxOwner } from '../../../core/outbox-ports.js'
import type { FeedFacts } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { ResumableSession } from '../../../core/sessions.js'
import type { SessionEnding } from '../../../core/values/session-wills.js'
import type { ClientConnection } from '../../connections/connection.js'
import { type AnsweredClient, FrameActions } from './frame-actions.js'
import { errorOf, welcome } from './frames.js'
import { ReceivedCount } from './received-count.js'
import { batchOf, type V1Encoder } from './v1-encoder.js'

/** Close codes that end the session. Browsers send 1001 when a page is left or crashes. */
const leavingCodes: readonly (number | undefined)[] = [1000, 1001]

/**
 * The state of v1 between a client and its session. After `Connect` the conversation outlives its
 * connection for a while, so that the client can resume it. Each side counts the frames of the
 * other: see docs/protocol.md.
 */
export class Conversation implements OutboxOwner, ResumableSession, AnsweredClient {
  #session: Session
  /** Encodes without batches: `Welcome`, and all frames before it or if the client wants none. */
  readonly #plain: V1Encoder
  #encoder: V1Encoder
  readonly #relay: RelayView
  readonly #outbox: Outbox
  /** Absent while the client is away. */
  #connection: ClientConnection | undefined
  #batch: number | undefined
  readonly #actions: FrameActions
  readonly #receivedCount = new ReceivedCount()
  #key: string | undefined
  #leavingCodes = leavingCodes
  #isOver = false

  /** @param identity - of the client, or `unknown` until `enter` */
  constructor(encoder: V1Encoder, relay: RelayView, connection: ClientConnection, identity: Identity) {
    this.#plain = encoder
    this.#encoder = encoder
    this.#relay = relay
    this.#connection = connection
    this.#outbox = relay.outbox(encoder, { wire: connection, owner: this })
    this.#session = relay.open(this.#outbox, identity)
    this.#actions = new FrameActions(relay, this, connection)
  }

  get session(): Session {
    return this.#session
  }

  /** The key with which the client can resume the session. Absent before `Connect`. */
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
    return this.#receivedCount.received
  }

  ended({ id }: FeedFacts, { code, message }: WildcastError): void {
    this.send({ kind: 'Unsubscribed', id, error: { code, message } })
  }

  missed({ id }: FeedFacts): void {
    this.session.missed(id)
  }

  /**
   * The client's credentials are checked; none of its frames was acted on before.
   * @throws {WildcastError} `forbidden` if its namespace is gone
   */
  enter(identity: Identity): void {
    const session = this.#relay.open(this.#outbox, identity) // its namespace may differ
    this.#session.close()
    this.#session = session
  }

  #renew(identity: Identity): void {
    this.session.renew(identity).catch((cause) => this.refuse(cause, undefined))
  }

  /**
   * Answers `Connect`. Returns this conversation, or an earlier one that is resumed.
   * @throws {WildcastError} `unauthorized` if the earlier one is of another user; it stays as it is
   */
  connect(frame: ConnectFrame): Conversation {
    const connection = this.#connection
    const former = frame.session === undefined ? undefined : this.#relay.sessions.find(frame.session)
    if (connection && former instanceof Conversation && former !== this) {
      const { identity } = this.session
      if (!isSameUser(identity, former.session.identity))
        throw new WildcastError('unauthorized', 'the session is of another user; begin a new one')
      former.#renew(identity)
      if (former.#resume(connection, this.#plain, frame)) {
        this.#connection = undefined
        this.close()
        return former
      }
      former.#replace() // its client begins a new session
      former.close()
    }
    this.#begin(frame)
    return this
  }

  /** Returns the frames after the first `count`; undefined if they are not kept. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#outbox.after(count)
  }

  /** A frame of the client has arrived. */
  frameArrived(): void {
    this.session.frameArrived()
  }

  /** Counts a frame of the client. Returns false if it was received before. */
  count(number: number, bytes: number): boolean {
    const received = this.#receivedCount
    const wasConfirmed = received.unconfirmedBytes === 0
    if (!received.take(number, bytes)) return false
    if (this.#isKept) {
      if (received.unconfirmedBytes >= this.#relay.limits.resume / 4) this.confirm()
      else if (wasConfirmed) this.#relay.sessions.confirmSoon(this)
    }
    return true
  }

  /** Sends the client a confirmation of its frames that have arrived. */
  confirm(): void {
    if (!this.#connection) return // the next `Welcome` confirms them
    const count = this.#receivedCount.confirm()
    if (count !== undefined) this.#sendUncounted({ kind: 'Received', count })
  }

  /** @throws {WildcastError} if the frame is refused */
  act(frame: Exclude<ClientFrame, ConnectFrame>): void {
    switch (frame.kind) {
      case 'Unsubscribe':
        this.session.unsubscribe(frame.id, frame.handled)
        this.send({ kind: 'Unsubscribed', ref: frame.ref, id: frame.id })
        return
      case 'Cancel':
        this.#actions.cancel(frame.ref)
        return
      case 'Received':
        if (this.#isKept && !this.#outbox.confirm(frame.count))
          throw new WildcastError('invalid_frame', '"Received" must count the frames of this session')
        return
      case 'Ping':
        this.send({ kind: 'Pong' })
        return
      case 'Pong': // its arrival is enough
        return
      default:
        this.#actions.act(frame)
    }
  }

  async whenAnswered(): Promise<void> {
    await this.#actions.whenAnswered()
  }

  /** Closes the connection and ends the session: the client can't resume it. */
  end(error: WildcastError, ending: SessionEnding = error.code === 'going_away' ? 'moved' : 'lost'): void {
    this.#outbox.end(error)
    this.close(ending)
  }

  /** Sends a frame, in order with the others. */
  send(frame: RelayFrame): void {
    this.#outbox.deliver({ bytes: this.#encoder.frame(frame) })
  }

  refuse(cause: unknown, ref: number | undefined): void {
    const error = WildcastError.from(cause)
    if (error.code === 'internal') this.#relay.onError(error, { stage: 'session' })
    this.send(errorOf(error, ref))
  }

  ping(): void {
    this.#sendUncounted({ kind: 'Ping' })
  }

  goAway(windowMs: readonly [number, number]): void {
    this.session.goAway()
    this.#sendUncounted({ kind: 'GoingAway', reconnect_in: windowMs })
  }

  cutOff(): void {
    this.close()
  }

  /** A connection has closed. `code` is the client's close code, if it sent one. */
  leave(connection: ClientConnection, code: number | undefined): void {
    if (connection !== this.#connection) return // another one has taken its place
    this.#connection = undefined
    if (this.#key === undefined || !this.#isKept || this.#leavingCodes.includes(code)) this.close(endingAt(code))
    if (this.#key === undefined || this.#isOver) return
    this.#outbox.detach()
    this.#actions.moveTo(undefined)
    this.#relay.sessions.leave(this.#key)
  }

  expire(ending?: 'left'): void {
    this.end(new WildcastError('interrupted', 'the session was ended; connect again'), ending)
  }

  /** Ends the session. Doesn't write to the connection. */
  close(ending?: SessionEnding): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#key !== undefined) this.#relay.sessions.delete(this.#key)
    this.#actions.abandon()
    this.session.close(ending)
    this.#outbox.close()
  }

  /** Whether both sides keep their frames until the other has confirmed them. */
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

  /**
   * Continues on another connection, if the client has received all frames that are no longer kept.
   */
  #resume(connection: ClientConnection, encoder: V1Encoder, { received = 0, batch }: ConnectFrame): boolean {
    const key = this.#key
    // Kept frames stay encoded as they were written.
    const sameBytes = encoder === this.#plain && batchOf(encoder, batch) === this.#batch
    if (key === undefined || !sameBytes || !this.#outbox.after(received)) return false
    this.#replace()
    this.#connection = connection
    this.#relay.sessions.comeBack(key)
    this.#receivedCount.confirm() // by `Welcome`
    this.#actions.moveTo(connection)
    this.#outbox.attach(connection, received, this.#welcome(key, true))
    return true
  }

  /** Ends the connection: the client has another one. */
  #replace(): void {
    const connection = this.#connection
    this.#connection = undefined
    if (!connection) return
    this.#outbox.detach()
    connection.end(new WildcastError('replaced', 'the session continues over another connection'))
  }

  #welcome(key: string, resumed: boolean): Uint8Array {
    const { name, identity, brokers } = this.session
    const facts = { session: key, name, brokers, resumed, received: this.received, batch: this.#batch, identity }
    return this.#plain.frame(welcome(this.#relay, facts))
  }

  #sendUncounted(frame: RelayFrame): void {
    this.#outbox.writeUncounted(this.#encoder.frame(frame))
  }
}

/** @param code - the client's close code */
function endingAt(code: number | undefined): SessionEnding {
  if (code === 1000) return 'left'
  return code === 1001 ? 'page_left' : 'lost'
}
