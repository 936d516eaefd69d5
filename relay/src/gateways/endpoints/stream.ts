import type { HttpBindings } from '@hono/node-server'
import { jsonCodec, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { RelayView } from '../../core/relay.js'
import { EventStream } from '../connections/event-stream.js'
import { EventStreamConnection } from '../connections/event-stream-connection.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import { v1Encoder } from '../dialects/v1/encoders.js'
import { v1 } from '../dialects/v1/v1.js'
import type { Gateway } from '../gateway.js'
import { drain } from './drain.js'
import { errorResponse } from './http-errors.js'
import { onlyBy } from './only-by.js'
import { readBody, withBody } from './read-body.js'

/** Bytes that a `Connect` may take. */
const helloBytes = 64 * 1024

/** Frames of v1 in JSON, an event each: shared by all clients of this kind. */
const speakV1 = v1(
  jsonCodec,
  v1Encoder(jsonCodec, (frame) => eventOf(String(frame))),
)

/**
 * v1 for clients that get no WebSocket through. `POST /stream` with a `Connect` answers with an event
 * stream, a frame in each event, `Welcome` first. `POST /stream/frames` brings the client's frames,
 * one in each line: `Authorization: Session <key of the Welcome>`, and `Wildcast-From` with the number
 * of the first, so that a repeated POST is harmless. `DELETE /stream` ends the session. See
 * docs/protocol.md.
 */
export const stream: Gateway = ({ routes, closing, stayFor }, relay) => {
  const sessions = new EventStreamSessions(relay)
  const helloLimit = { maxBytes: helloBytes, remedy: 'send less at once' }
  const framesLimit = { maxBytes: postBytes(relay), remedy: 'send less at once' }

  routes.post('/stream', async (c) => {
    const hello = await readBody(c, relay, helloLimit)
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    sessions.open(stream, hello.toString())
    return stream.response()
  })

  routes.post('/stream/frames', (c) =>
    withBody(c, relay, framesLimit, async (lines, cutOff) => {
      const connection = sessions.find(sessionOf(c))
      // It may have ended a moment ago, by whatever its stream says.
      if (!connection) return errorResponse(new WildcastError('interrupted', 'there is no such session; begin again'))
      const from = Number(c.req.header('wildcast-from'))
      const received = await connection.take(from, lines.toString(), cutOff)
      await connection.whenReady()
      return c.json({ received }, 202)
    }),
  )

  routes.delete('/stream', (c) => {
    sessions.end(sessionOf(c))
    return c.body(null, 204)
  })

  // A client checks that the endpoint is there before it blames the network for a WebSocket that was refused.
  routes.get('/stream', (c) => c.body(null, 204))
  routes.all('/stream', (c) => onlyBy(c, 'DELETE, GET, HEAD, POST'))
  routes.all('/stream/frames', (c) => onlyBy(c, 'POST'))

  closing.addEventListener('abort', () => stayFor(sessions.drain()))
}

/** The sessions that are spoken over event streams. */
class EventStreamSessions {
  readonly #relay: RelayView
  readonly #connections: Map<string, EventStreamConnection> = new Map()
  readonly #beat: Heartbeat

  constructor(relay: RelayView) {
    this.#relay = relay
    this.#beat = heartbeat(relay.clock)
  }

  find(id: string): EventStreamConnection | undefined {
    return this.#connections.get(id)
  }

  /** Opens a session with this `Connect`, or goes on with the one that it names. */
  open(stream: EventStream, hello: string): void {
    const connection = new EventStreamConnection(stream, this.#relay.slice)
    const dialect = speakV1(this.#relay, connection)
    this.#beat.watch(connection)
    let key: string | undefined
    stream.whenEnded(() => {
      this.#beat.unwatch(connection)
      // The client may be back over another stream already.
      if (key !== undefined && this.#connections.get(key) === connection) this.#connections.delete(key)
      dialect.close()
      connection.gone()
    })
    connection.speak(dialect)
    dialect.receive(hello)
    key = dialect.key
    if (key !== undefined) this.#connections.set(key, connection)
  }

  /** The client ends its session, whether its stream is there or not. */
  end(key: string): void {
    this.#relay.sessions.find(key)?.expire()
  }

  drain(): Promise<void> {
    this.#beat.stop()
    return drain([...this.#connections.values()], this.#relay)
  }
}

/** @throws {WildcastError} `invalid_frame` */
function sessionOf(c: Context): string {
  const [, session] = /^Session (\w+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (session !== undefined) return session
  throw new WildcastError('invalid_frame', 'say whose frames these are: "Authorization: Session <id>"')
}

/** Bytes of the longest POST: a full payload in base64, with escapes, behind all that the SDK puts before it. */
function postBytes({ limits }: RelayView): number {
  return 4 * limits.payload + 320 * 1024
}

function eventOf(data: string): Uint8Array {
  return new TextEncoder().encode(`data: ${data}\n\n`)
}
