import { jsonCodec, WildcastError } from '@wildcast/protocol'
import { accountOf, type Credentials, everything, type Identity, unknown } from '../../core/access/identity.js'
import type { Place } from '../../core/connections.js'
import type { RelayView } from '../../core/relay.js'
import type { EventStream } from '../connections/event-stream.js'
import { EventStreamConnection } from '../connections/event-stream-connection.js'
import { joinFrames } from '../connections/framing.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import type { HttpConnection } from '../connections/http-connection.js'
import { lineFrame } from '../connections/in-memory-framing.js'
import { PolledConnection } from '../connections/polled-connection.js'
import type { NewClient } from '../dialects/dialect.js'
import { v1 } from '../dialects/v1/v1.js'
import { v1Encoder } from '../dialects/v1/v1-encoder.js'
import { drain } from './drain.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Frames of v1 in JSON, one per event: shared by all clients with event streams. */
const overEvents = v1(
  jsonCodec,
  v1Encoder(jsonCodec, { framed: (frame) => bytes(`data: ${String(frame)}\n\n`), join: joinFrames }),
)

/** The same, one per line. */
const overLines = v1(jsonCodec, v1Encoder(jsonCodec, { framed: lineFrame, join: joinFrames }))

/** How long a polling client can ask why its connection has ended, in milliseconds. */
const closeReasonMs = 20_000

const noSession = (): WildcastError => new WildcastError('invalid_frame', 'begin with "Connect"')

/** The sessions over plain HTTP. */
export class HttpSessions {
  readonly #relay: RelayView
  readonly #connections: Map<string, HttpConnection> = new Map()
  readonly #beat: Heartbeat

  constructor(relay: RelayView) {
    this.#relay = relay
    this.#beat = heartbeat(relay.clock, relay.limits)
  }

  /** @throws {WildcastError} `interrupted` if the session does not exist */
  find(key: string): HttpConnection {
    const connection = this.#connections.get(key)
    // A write may have ended it a moment ago.
    if (!connection) throw new WildcastError('interrupted', 'there is no such session; begin again')
    return connection
  }

  /**
   * @throws {WildcastError} `interrupted` if the session does not exist; `unsupported` if it has an
   * event stream
   */
  findPolled(key: string): PolledConnection {
    const connection = this.find(key)
    if (connection instanceof PolledConnection) return connection
    throw new WildcastError('unsupported', 'this session has an event stream: read that')
  }

  /** Opens a session with this `Connect`, or resumes the one that it names. */
  async openStream(stream: EventStream, connectFrame: string, credentials: Credentials): Promise<void> {
    const place = this.#relay.connections.enter(credentials.address)
    const connection = new EventStreamConnection(stream, this.#relay.slice)
    const dialect = overEvents(this.#relay, connection, this.#client(credentials, place))
    this.#beat.watch(connection)
    stream.whenEnded(() => {
      this.#relay.connections.leave(place)
      this.#forget(connection, dialect.key)
      dialect.close()
      connection.gone()
    })
    connection.use(dialect)
    dialect.receive(connectFrame)
    await dialect.whenEntered()
    this.#add(connection, dialect.key)
    if (dialect.key === undefined) connection.end(noSession())
  }

  /**
   * The same for a client that polls. Returns the relay's frames.
   * @throws {WildcastError} `unsupported` if the relay keeps no frames
   */
  async openPolled(connectFrame: string, credentials: Credentials): Promise<readonly Uint8Array[]> {
    const { limits, clock, slice, connections } = this.#relay
    if (limits.resume === 0) throw new WildcastError('unsupported', 'this relay keeps no frames: read an event stream')
    const place = connections.enter(credentials.address)
    const connection = new PolledConnection(clock, slice)
    const dialect = overLines(this.#relay, connection, this.#client(credentials, place))
    this.#beat.watch(connection)
    connection.use(dialect)
    connection.whenEnded(() => {
      connections.leave(place)
      this.#beat.unwatch(connection)
      clock.after(closeReasonMs, () => this.#forget(connection, dialect.key))
      dialect.close()
    })
    dialect.receive(connectFrame)
    await dialect.whenEntered()
    if (dialect.key === undefined) connection.end(noSession())
    this.#add(connection, dialect.key)
    return connection.answer()
  }

  /** Ends a session at its client's request, whether it has a connection or not. */
  end(key: string): void {
    this.#relay.sessions.find(key)?.expire('left')
  }

  drain(): Promise<void> {
    this.#beat.stop()
    return drain([...this.#connections.values()], this.#relay)
  }

  #client(credentials: Credentials, place: Place): NewClient {
    const { authenticate, connections } = this.#relay
    const known = (identity: Identity): void => connections.known(place, accountOf(identity))
    if (authenticate) return { credentials, identity: unknown, known }
    known(everything)
    return { credentials, identity: everything, known }
  }

  #add(connection: HttpConnection, key: string | undefined): void {
    if (key !== undefined) this.#connections.set(key, connection)
  }

  /** The client may be back on another connection already. */
  #forget(connection: HttpConnection, key: string | undefined): void {
    this.#beat.unwatch(connection)
    if (key !== undefined && this.#connections.get(key) === connection) this.#connections.delete(key)
  }
}
