import { jsonCodec, WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import type { EventStream } from '../connections/event-stream.js'
import { EventStreamConnection } from '../connections/event-stream-connection.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import type { HttpConnection } from '../connections/http-connection.js'
import { PolledConnection } from '../connections/polled-connection.js'
import { v1Encoder } from '../dialects/v1/encoders.js'
import { v1 } from '../dialects/v1/v1.js'
import { drain } from './drain.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Frames of v1 in JSON, an event each: shared by all clients of this kind. */
const overEvents = v1(
  jsonCodec,
  v1Encoder(jsonCodec, (frame) => bytes(`data: ${String(frame)}\n\n`)),
)

/** The same, a line each. */
const overLines = v1(
  jsonCodec,
  v1Encoder(jsonCodec, (frame) => bytes(`${String(frame)}\n`)),
)

/** A client that polls can hear for so long, in milliseconds, why its connection has ended. */
const farewellMs = 20_000

const noSession = (): WildcastError => new WildcastError('invalid_frame', 'begin with "Connect"')

/** The sessions that are spoken over plain HTTP. */
export class HttpSessions {
  readonly #relay: RelayView
  readonly #connections: Map<string, HttpConnection> = new Map()
  readonly #beat: Heartbeat

  constructor(relay: RelayView) {
    this.#relay = relay
    this.#beat = heartbeat(relay.clock)
  }

  /** @throws {WildcastError} `interrupted` if there is none */
  find(key: string): HttpConnection {
    const connection = this.#connections.get(key)
    // It may have ended a moment ago, by whatever was written to it.
    if (!connection) throw new WildcastError('interrupted', 'there is no such session; begin again')
    return connection
  }

  /**
   * @throws {WildcastError} `interrupted` if there is none; `unsupported` if it has an event stream
   */
  findPolled(key: string): PolledConnection {
    const connection = this.find(key)
    if (connection instanceof PolledConnection) return connection
    throw new WildcastError('unsupported', 'this session has an event stream: read that')
  }

  /** Opens a session with this `Connect`, or goes on with the one that it names. */
  openStream(stream: EventStream, hello: string): void {
    const connection = new EventStreamConnection(stream, this.#relay.slice)
    const dialect = overEvents(this.#relay, connection)
    this.#beat.watch(connection)
    stream.whenEnded(() => {
      this.#forget(connection, dialect.key)
      dialect.close()
      connection.gone()
    })
    connection.speak(dialect)
    dialect.receive(hello)
    this.#add(connection, dialect.key)
    if (dialect.key === undefined) connection.end(noSession())
  }

  /**
   * The same for a client that polls. Returns what the relay answers.
   * @throws {WildcastError} `unsupported` if the relay keeps no frames
   */
  openPolled(hello: string): readonly Uint8Array[] {
    const { limits, clock, slice } = this.#relay
    if (limits.resume === 0) throw new WildcastError('unsupported', 'this relay keeps no frames: read an event stream')
    const connection = new PolledConnection(clock, slice)
    const dialect = overLines(this.#relay, connection)
    this.#beat.watch(connection)
    connection.speak(dialect)
    connection.whenEnded(() => {
      this.#beat.unwatch(connection)
      clock.after(farewellMs, () => this.#forget(connection, dialect.key))
      dialect.close()
    })
    dialect.receive(hello)
    if (dialect.key === undefined) connection.end(noSession())
    this.#add(connection, dialect.key)
    return connection.answer()
  }

  /** A client ends its session, whether its connection is there or not. */
  end(key: string): void {
    this.#relay.sessions.find(key)?.expire()
  }

  drain(): Promise<void> {
    this.#beat.stop()
    return drain([...this.#connections.values()], this.#relay)
  }

  #add(connection: HttpConnection, key: string | undefined): void {
    if (key !== undefined) this.#connections.set(key, connection)
  }

  /** Its client may be back over another connection already. */
  #forget(connection: HttpConnection, key: string | undefined): void {
    this.#beat.unwatch(connection)
    if (key !== undefined && this.#connections.get(key) === connection) this.#connections.delete(key)
  }
}
