import {
  type AckFrame,
  type AuthenticateFrame,
  type CanIFrame,
  type EnterFrame,
  type LeaveFrame,
  type PublishFrame,
  type RelayFrame,
  type RequestFrame,
  refusal,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import { isSameUser } from '../../../core/access/identity.js'
import type { RetainCommand } from '../../../core/commands.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { ClientConnection } from '../../connections/connection.js'
import { PublishThrottle } from '../publish-throttle.js'
import { askOf, presenceOf, publishOf, retainOf, snapshotOf, subscribeOf } from './commands.js'
import { expiresIn, responseOf } from './frames.js'
import { PendingRequests } from './pending-requests.js'

/** The client of a session, as its actions answer it. */
export interface AnsweredClient {
  readonly session: Session
  send(frame: RelayFrame): void
  /** Answers with an error. */
  refuse(cause: unknown, ref: number | undefined): void
}

/** A frame that asks for something, whose answer comes later. */
type AskingFrame =
  | AuthenticateFrame
  | CanIFrame
  | EnterFrame
  | LeaveFrame
  | PublishFrame
  | RequestFrame
  | SubscribeFrame

/** Does what the frames of a client ask for, and answers them. */
export class FrameActions {
  readonly #relay: RelayView
  readonly #client: AnsweredClient
  /** Absent while the client is away. */
  #connection: ClientConnection | undefined
  #throttle: PublishThrottle | undefined
  readonly #requests = new PendingRequests()
  #isAuthenticating = false

  constructor(relay: RelayView, client: AnsweredClient, connection: ClientConnection) {
    this.#relay = relay
    this.#client = client
    this.#connection = connection
  }

  /** @throws {WildcastError} if the frame is refused */
  act(frame: AskingFrame): void {
    switch (frame.kind) {
      case 'Subscribe':
        this.#answer(frame.ref, this.#subscribe(frame))
        return
      case 'Publish':
        this.#publish(frame)
        return
      case 'Enter':
        this.#answer(frame.ref, this.#enter(frame))
        return
      case 'Leave':
        this.#answer(frame.ref, this.#leave(frame))
        return
      case 'Request':
        this.#request(frame)
        return
      case 'Authenticate':
        this.#answer(frame.ref, this.#authenticate(frame))
        return
      case 'CanI':
        this.#answer(frame.ref, this.#canI(frame))
        return
    }
  }

  cancel(ref: number): void {
    this.#requests.cancel(ref)
  }

  /** The client is here now, or away. */
  moveTo(connection: ClientConnection | undefined): void {
    this.#connection = connection
    this.#throttle?.moveTo(connection)
    this.#client.session.moveTo(connection ? 'here' : 'away')
  }

  async whenAnswered(): Promise<void> {
    await this.#throttle?.whenConfirmed()
  }

  /** The client has left: no request is answered. */
  abandon(): void {
    this.#requests.abandon(this.#relay.slice)
  }

  /** Reports only a failure. */
  #answer(ref: number | undefined, done: Promise<void>): void {
    done.catch((cause) => this.#client.refuse(cause, ref))
  }

  #subscribe(frame: SubscribeFrame): Promise<void> {
    const client = this.#client
    const { ref } = frame
    if (frame.snapshot)
      return client.session.snapshot(snapshotOf(frame), (page) => client.send({ kind: 'Subscribed', ref, ...page }))
    return client.session.subscribe(subscribeOf(frame), (subscription) =>
      client.send({ kind: 'Subscribed', ref, ...subscription }),
    )
  }

  #publish(frame: PublishFrame): void {
    const { ref } = frame
    const retain = retainOf(frame)
    if (retain?.watch) {
      this.#watch(frame, retain)
      return
    }
    const sent = retain ? this.#retain(frame, retain) : this.#client.session.publish(publishOf(frame))
    if (!(sent instanceof Promise)) {
      this.#acknowledge(ref, { position: sent })
      return
    }
    this.#throttle ??= new PublishThrottle(this.#connection)
    sent
      .then(
        (number) => this.#acknowledge(ref, retain ? { revision: number } : { position: number }),
        (cause) => this.#client.refuse(cause, ref),
      )
      .finally(this.#throttle.begin(frame.message.length))
  }

  async #retain(frame: PublishFrame, retain: RetainCommand): Promise<string | undefined> {
    return this.#client.session.retain({ ...publishOf(frame), retain }, { lost: this.#loss(frame) })
  }

  /** It may wait for long: it does not count as a pending publish, and can be cancelled. */
  #watch(frame: PublishFrame, retain: RetainCommand): void {
    const { ref } = frame
    const { session } = this.#client
    const requests = this.#requests
    const want = { ...publishOf(frame), retain }
    const cancel = ref === undefined ? undefined : requests.begin(ref)
    session
      .retain(want, { signal: cancel, lost: this.#loss(frame) })
      .finally(() => ref !== undefined && requests.end(ref))
      .then((revision) => {
        if (!cancel?.aborted) this.#acknowledge(ref, { revision })
      })
      .catch((cause) => {
        if (!cancel?.aborted) this.#client.refuse(cause, ref)
      })
  }

  async #enter(frame: EnterFrame): Promise<void> {
    const { ref, message: payload } = frame
    const { session } = this.#client
    const revision = await session.enter({ ...presenceOf(frame), payload }, { lost: this.#loss(frame) })
    this.#acknowledge(ref, { revision })
  }

  async #leave(frame: LeaveFrame): Promise<void> {
    this.#acknowledge(frame.ref, { revision: await this.#client.session.leave(presenceOf(frame)) })
  }

  /** Returns the callback that notifies the client when its will was written. */
  #loss({ ref, subject }: PublishFrame | EnterFrame): (() => void) | undefined {
    return ref === undefined ? undefined : () => this.#client.send({ kind: 'Lost', ref, subject })
  }

  #request(frame: RequestFrame): void {
    const client = this.#client
    const { ref } = frame
    const requests = this.#requests
    const cancel = requests.begin(ref)
    client.session
      .request(askOf(frame), { signal: cancel, onPart: (part) => client.send(responseOf(ref, part)) })
      .finally(() => requests.end(ref))
      .then((answer) => client.send(responseOf(ref, answer)))
      .catch((cause) => {
        // A client that has cancelled awaits no answer.
        if (!cancel.aborted) client.refuse(cause, ref)
      })
  }

  async #authenticate({ ref, token }: AuthenticateFrame): Promise<void> {
    const { session } = this.#client
    const { authenticate } = this.#relay
    if (!authenticate) throw new WildcastError('unsupported', 'this relay has no authentication; leave the token out')
    if (this.#isAuthenticating)
      throw refusal('rate_limited', 'a token is being checked; wait for the answer', { retryInMs: 1000 })
    this.#isAuthenticating = true
    const identity = await authenticate({ headers: {}, token }).finally(() => {
      this.#isAuthenticating = false
    })
    if (!isSameUser(identity, session.identity))
      throw new WildcastError('unauthorized', 'the token is of another user; connect again to change the user')
    await session.renew(identity)
    this.#client.send({ kind: 'Ack', ref, expires_in: expiresIn(session.identity, this.#relay) })
  }

  async #canI({ ref, action, subject, broker }: CanIFrame): Promise<void> {
    this.#client.send({ kind: 'Ack', ref, ...(await this.#client.session.actions.can(action, subject, broker)) })
  }

  #acknowledge(ref: number | undefined, numbers: Pick<AckFrame, 'revision' | 'position'>): void {
    if (ref !== undefined) this.#client.send({ kind: 'Ack', ref, ...numbers })
  }
}
