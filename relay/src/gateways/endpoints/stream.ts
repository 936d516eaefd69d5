import type { HttpBindings } from '@hono/node-server'
import { jsonCodec, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { RelayView } from '../../core/relay.js'
import { EventStream } from '../connections/event-stream.js'
import { EventStreamConnection } from '../connections/event-stream-connection.js'
import { heartbeat } from '../connections/heartbeat.js'
import { Conversation } from '../dialects/v1/conversation.js'
import { v1Encoder } from '../dialects/v1/encoders.js'
import { Reader } from '../dialects/v1/reader.js'
import type { Gateway } from '../gateway.js'
import { errorResponse } from './http-errors.js'
import { onlyBy } from './only-by.js'
import { readBody, withBody } from './read-body.js'
import { reconnectWindow } from './reconnect-window.js'

/** Bytes that a `Connect` may take. */
const helloBytes = 64 * 1024

/** Frames of v1 in JSON, an event each: shared by all clients of this kind. */
const events = v1Encoder(jsonCodec, (frame) => eventOf(String(frame)))

/**
 * v1 for those who get no WebSocket through. `POST /stream` with a `Connect` answers with an event stream, a frame in each event, `Welcome` first. `POST /stream/frames`
 * brings the client's frames, one in each line: `Authorization: Session <id of the Welcome>`, and `Wildcast-From` with the number of the first, so that a repeated POST
 * is harmless. See docs/protocol.md.
 */
export const stream: Gateway = ({ routes, closing }, relay) => {
  const sessions = new Map<string, EventStreamConnection>()
  const beat = heartbeat(relay.clock)

  routes.post('/stream', async (c) => {
    const hello = await readBody(c, relay, { maxBytes: helloBytes, remedy: 'send less at once' })
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const connection = new EventStreamConnection(stream, relay.slice)
    const conversation = new Conversation(events, relay, connection)
    const { id } = conversation.session
    const dialect = new Reader(jsonCodec, conversation)
    beat.watch(connection)
    sessions.set(id, connection)
    stream.whenEnded(() => {
      beat.unwatch(connection)
      sessions.delete(id)
      dialect.close()
      connection.gone()
    })
    connection.speak(dialect)
    dialect.receive(hello.toString())
    return stream.response()
  })

  routes.post('/stream/frames', async (c) => {
    const limit = { maxBytes: postBytes(relay), remedy: 'send less at once' }
    return withBody(c, relay, limit, async (lines, cutOff) => {
      const connection = sessions.get(sessionOf(c))
      // It may have ended a moment ago, by whatever its stream says.
      if (!connection) return errorResponse(new WildcastError('interrupted', 'there is no such session; begin again'))
      const from = Number(c.req.header('wildcast-from'))
      const received = await connection.take(from, lines.toString(), cutOff)
      await connection.whenReady()
      return c.json({ received }, 202)
    })
  })

  // A client asks whether the door is there, before it blames the way for a WebSocket that was refused.
  routes.get('/stream', (c) => c.body(null, 204))
  routes.all('/stream', (c) => onlyBy(c, 'GET, HEAD, POST'))
  routes.all('/stream/frames', (c) => onlyBy(c, 'POST'))

  closing.addEventListener('abort', () => {
    beat.stop()
    const windowMs = reconnectWindow(sessions.size)
    // Behind what waits to be handed out: it has been acknowledged.
    relay.slice.later(() => {
      for (const connection of [...sessions.values()]) connection.goAway(windowMs)
    })
  })
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
