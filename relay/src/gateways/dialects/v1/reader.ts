import {
  type ClientFrame,
  type Codec,
  checkFrameLength,
  type Message,
  type PublishFrame,
  type RawFrame,
  type RelayFrame,
  type RequestFrame,
  readClientFrame,
  refOfRaw,
  refusal,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import { Cancel } from '../../../core/cancel.js'
import type { Outbox } from '../../../core/outbox.js'
import { type StreamEncoder, say } from '../../../core/outlet.js'
import type { Relay } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import type { Connection, Dialect } from '../../connections/connection.js'
import { pingMs } from '../../connections/heartbeat.js'
import { goingAway, type OpenDialect } from '../dialect.js'
import { Intake } from '../intake.js'

/** The v1 dialect: frames of one codec, every question answered, errors in-band. */
export function v1(codec: Codec, encoder: StreamEncoder): OpenDialect {
  return (relay, connection) => new V1(codec, encoder, relay, connection)
}

class V1 implements Dialect {
  readonly #codec: Codec
  readonly #relay: Relay
  readonly #outbox: Outbox
  readonly #session: Session
  readonly #connection: Connection
  /** Made when a broker first takes its time to confirm. */
  #intake: Intake | undefined
  /** Requests in flight, by ref. */
  #asking: Map<number, Cancel> | undefined
  /** A frame has come, so that `Connect` would be too late. */
  #begun = false

  constructor(codec: Codec, encoder: StreamEncoder, relay: Relay, connection: Connection) {
    this.#codec = codec
    this.#relay = relay
    this.#outbox = relay.outbox(encoder, connection)
    this.#session = relay.open(this.#outbox)
    this.#connection = connection
  }

  receive(data: string | Uint8Array): void {
    let raw: RawFrame | undefined
    try {
      checkFrameLength(data)
      raw = this.#codec.decode(data)
      this.#act(readClientFrame(raw))
    } catch (cause) {
      this.#refuse(cause, raw ? refOfRaw(raw) : this.#codec.refOf?.(data))
    }
    this.#begun = true
  }

  ping(): void {
    this.#say({ kind: 'Ping' })
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#say({ kind: 'GoingAway', reconnect_in: windowMs })
    this.#outbox.end(goingAway())
  }

  close(): void {
    this.#abandon([...(this.#asking?.values() ?? [])])
    this.#session.close()
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

  #act(frame: ClientFrame): void {
    switch (frame.kind) {
      case 'Connect':
        this.#connect()
        return
      case 'Subscribe':
        this.#subscribe(frame)
        return
      case 'Unsubscribe':
        this.#session.unsubscribe(frame.id)
        this.#say({ kind: 'Unsubscribed', ref: frame.ref, id: frame.id })
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

  #connect(): void {
    if (this.#begun)
      throw new WildcastError('invalid_frame', 'Connect is the first frame, sent once; reconnect instead')
    this.#say(this.#relay.welcome(pingMs))
  }

  #subscribe(frame: SubscribeFrame): void {
    this.#session
      .subscribe(frame, ({ id, subject }) => this.#say({ kind: 'Subscribed', ref: frame.ref, id, subject }))
      .catch((cause) => this.#refuse(cause, frame.ref))
  }

  #publish(frame: PublishFrame): void {
    const sent = this.#session.publish(frame)
    if (sent === undefined) {
      this.#acknowledge(frame.ref)
      return
    }
    this.#intake ??= new Intake(this.#connection)
    const settled = this.#intake.begin(frame.message.length)
    sent
      .then(
        () => this.#acknowledge(frame.ref),
        (cause) => this.#refuse(cause, frame.ref),
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
    this.#session
      .request(frame, { signal: cancel, onPart: (part) => this.#say(responseOf(ref, part)) })
      .then((answer) => {
        asking.delete(ref)
        this.#say(responseOf(ref, answer))
      })
      .catch((cause) => {
        asking.delete(ref)
        // Who cancelled does not wait for an answer any more.
        if (!cancel.aborted) this.#refuse(cause, ref)
      })
  }

  #acknowledge(ref: number | undefined): void {
    if (ref !== undefined) this.#say({ kind: 'Ack', ref })
  }

  #refuse(cause: unknown, ref: number | undefined): void {
    const error = WildcastError.from(cause)
    if (error.code === 'internal') this.#relay.onError(error, { stage: 'session' })
    const { code, message, retry, retryInMs } = error
    this.#say({ kind: 'Error', ref, code, message, retry, retry_in: retryInMs })
  }

  #say(frame: RelayFrame): void {
    say(this.#outbox, frame)
  }
}

/** A refusal by the responder is an `Error` with the responder's own code. */
function responseOf(ref: number, answer: Message): RelayFrame {
  if (answer.error) return { kind: 'Error', ref, ...answer.error, retry: false }
  return { kind: 'Response', ref, message: answer.payload, ...(answer.more ? { more: true } : {}) }
}
