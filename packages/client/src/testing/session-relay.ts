import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import type { ClientClock, Undo } from '../time/clock.js'
import { welcome } from './scripted-relay.js'

/** A connection, seen from the relay. */
interface Wire {
  send(frame: RelayFrame): void
  close(code: number): void
}
interface Session {
  readonly key: string
  wire: Wire | undefined
  received: number
  sent: RelayFrame[]
  confirmed: number
  readonly ids: Set<number>
  isShared: boolean
  expiry?: Undo
}

/** A relay with sessions, which counts frames as PROTOCOL.md requires. */
export class SessionRelay {
  readonly #clock: ClientClock
  readonly #sessions = new Map<string, Session>()
  readonly #ids = new Map<string, number>()
  /** All published messages, in order. */
  readonly published: { readonly subject: string; readonly message: string }[] = []
  readonly unsubscribed: number[] = []
  /** The refs of the subscriptions that ask for values. */
  readonly retained: number[] = []
  /** The refs of the subscriptions that ask for kept messages. */
  readonly asked: number[] = []
  /** The newest position of the history. @default none */
  position: string | undefined
  /** The number of sessions that were opened. */
  begun = 0
  /** How long a token is valid, in milliseconds. */
  tokenMs: number | undefined
  /** The close code for all later clients. */
  refusal: number | undefined
  /** The tokens that clients have sent. */
  readonly tokens: (string | undefined)[] = []

  constructor(clock: ClientClock) {
    this.#clock = clock
  }

  /** The number of sessions. */
  get sessions(): number {
    return this.#sessions.size
  }

  /** The number of sessions with a connection. */
  get connections(): number {
    return [...this.#sessions.values()].filter(({ wire }) => wire).length
  }

  /** Deletes all sessions, as a restart does. */
  restart(): void {
    for (const { wire } of this.#sessions.values()) wire?.close(1006)
    this.#sessions.clear()
  }

  /** Closes all connections. */
  refuse(code: number): void {
    for (const { wire } of this.#sessions.values()) wire?.close(code)
  }

  publish(subject: string, message: string): void {
    this.published.push({ subject, message })
    const id = this.#ids.get(subject)
    if (id === undefined) return
    for (const session of this.#sessions.values())
      if (session.ids.has(id)) this.#send(session, { kind: 'Message', id, subject, message, broker: 'test' })
  }

  /** Sends the values of a subscription that has asked for them. */
  replay(id: number, ref: number, values: readonly (readonly [string, string])[]): void {
    for (const session of this.#sessions.values())
      if (session.ids.has(id)) {
        for (const [subject, message] of values)
          this.#send(session, { kind: 'Message', id, ref, subject, message, retained: true, broker: 'test' })
        this.#send(session, { kind: 'Synced', id, ref })
      }
  }

  /** Sends kept messages, by position, to a subscription that has asked for them. */
  replayKept(id: number, ref: number, kept: readonly (readonly [string, string])[]): void {
    for (const session of this.#sessions.values())
      if (session.ids.has(id)) {
        for (const [position, message] of kept)
          this.#send(session, {
            kind: 'Message',
            id,
            ref,
            subject: 'news',
            message,
            position,
            replayed: true,
            broker: 'test',
          })
        this.#send(session, { kind: 'Synced', id, ref })
      }
  }

  accept(wire: Wire): { receive(frame: ClientFrame): void; close(code: number): void } {
    let session: Session | undefined
    return {
      receive: (frame) => {
        if (this.refusal !== undefined) wire.close(this.refusal)
        else if (frame.kind === 'Connect') session = this.#connect(frame, wire)
        else if (session?.wire === wire) this.#receive(session, frame)
      },
      close: (code) => {
        const one = session
        if (one?.wire !== wire) return
        one.wire = undefined
        if (code === 1000 || (code === 1001 && !one.isShared)) this.#sessions.delete(one.key)
        one.expiry = this.#clock.after(60_000, () => this.#sessions.delete(one.key))
      },
    }
  }

  #connect(
    { token, session: key, received = 0, shared = false }: Extract<ClientFrame, { kind: 'Connect' }>,
    wire: Wire,
  ): Session {
    const former = this.#sessions.get(key ?? '')
    const facts = { limits: { ...welcome.limits, resume_bytes: 1_000_000 }, expires_in: this.tokenMs }
    this.tokens.push(token)
    if (former && received >= former.confirmed && received <= former.sent.length) {
      former.wire?.close(4509)
      former.expiry?.()
      former.wire = wire
      wire.send({ ...welcome, session: former.key, resumed: true, received: former.received, ...facts })
      for (const frame of former.sent.slice(received)) wire.send(frame)
      return former
    }
    const fresh = `session ${++this.begun}`
    const session = { key: fresh, wire, received: 0, sent: [], confirmed: 0, ids: new Set<number>(), isShared: shared }
    this.#sessions.set(fresh, session)
    wire.send({ ...welcome, session: fresh, ...facts })
    return session
  }

  #receive(session: Session, frame: ClientFrame): void {
    if (frame.kind === 'Received') session.confirmed = frame.count
    if (frame.kind === 'Received' || frame.kind === 'Pong') return
    session.received++
    if (session.received % 3 === 0) session.wire?.send({ kind: 'Received', count: session.received })
    switch (frame.kind) {
      case 'Ping':
        this.#send(session, { kind: 'Pong' })
        break
      case 'Subscribe': {
        const { subject, ref } = frame
        const id = this.#ids.get(subject) ?? this.#ids.size + 1
        this.#ids.set(subject, id)
        session.ids.add(id)
        if (frame.retained && ref !== undefined) this.retained.push(ref)
        if (frame.last !== undefined && ref !== undefined) this.asked.push(ref)
        this.#send(session, { kind: 'Subscribed', ref, id, subject, position: this.position })
        break
      }
      case 'Unsubscribe':
        session.ids.delete(frame.id)
        this.unsubscribed.push(frame.id)
        this.#send(session, { kind: 'Unsubscribed', id: frame.id })
        break
      case 'Publish':
        this.publish(frame.subject, String(frame.message))
        if (frame.ref !== undefined) this.#send(session, { kind: 'Ack', ref: frame.ref })
        break
      case 'Authenticate':
        this.tokens.push(frame.token)
        this.#send(session, { kind: 'Ack', ref: frame.ref, expires_in: this.tokenMs })
        break
      case 'Request':
        this.#send(session, { kind: 'Response', ref: frame.ref, message: frame.message })
        break
      default:
    }
  }

  #send(session: Session, frame: RelayFrame): void {
    session.sent.push(frame)
    session.wire?.send(frame)
  }
}
