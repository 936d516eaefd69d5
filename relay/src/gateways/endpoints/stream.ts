import type { HttpBindings } from '@hono/node-server'
import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { RelayView } from '../../core/relay.js'
import { EventStream } from '../connections/event-stream.js'
import { closeText } from '../connections/event-stream-connection.js'
import { goingAway } from '../dialects/dialect.js'
import type { Gateway } from '../gateway.js'
import { credentialsOf } from './credentials.js'
import { HttpSessions } from './http-sessions.js'
import { onlyBy } from './only-by.js'
import { readBody, withBody } from './read-body.js'

/** The most bytes of a `Connect`. */
const connectBytes = 64 * 1024

/**
 * v1 for clients without WebSockets. `POST /stream` with a `Connect` responds with an event stream,
 * one frame per event, `Welcome` first. If the client accepts lines instead, it responds with
 * `Welcome` alone, and `GET /stream/frames` with the frames that follow, one per line. `POST
 * /stream/frames` takes the client's frames, one per line. `DELETE /stream` ends the session. See
 * docs/protocol.md.
 */
export const streamEndpoint: Gateway = ({ routes, closing, stayFor }, relay) => {
  const sessions = new HttpSessions(relay)
  const connectLimit = { maxBytes: connectBytes, remedy: 'send less at once' }
  const framesLimit = { maxBytes: postBytes(relay), remedy: 'send less at once' }

  routes.post('/stream', async (c) => {
    if (closing.aborted) throw goingAway()
    const connectFrame = (await readBody(c, relay, connectLimit)).toString()
    const { incoming, outgoing } = c.env as HttpBindings
    const credentials = credentialsOf(incoming)
    if (c.req.header('accept')?.includes(linesType)) return lines(await sessions.openPolled(connectFrame, credentials))
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    await sessions.openStream(stream, connectFrame, credentials)
    return stream.response()
  })

  routes.post('/stream/frames', (c) =>
    withBody(c, relay, framesLimit, async (lines, cutOff) => {
      const connection = sessions.find(sessionOf(c))
      const from = Number(c.req.header('wildcast-from'))
      const received = await connection.take(from, lines.toString(), cutOff)
      await connection.whenReady()
      return c.json({ received }, 202)
    }),
  )

  routes.get('/stream/frames', async (c) => {
    const connection = sessions.findPolled(sessionOf(c))
    const frames = await connection.poll(Number(c.req.header('wildcast-received')), c.req.raw.signal)
    if (frames.length > 0) return lines(frames)
    const { ended } = connection
    if (!ended) return c.body(null, 204)
    return c.body(closeText(ended), 410, { 'content-type': 'application/json' })
  })

  routes.delete('/stream', (c) => {
    sessions.end(sessionOf(c))
    return c.body(null, 204)
  })

  // A client checks that the endpoint exists before it blames the network for a refused WebSocket.
  routes.get('/stream', (c) => c.body(null, 204))
  routes.all('/stream', (c) => onlyBy(c, 'DELETE, GET, HEAD, POST'))
  routes.all('/stream/frames', (c) => onlyBy(c, 'GET, POST'))

  closing.addEventListener('abort', () => stayFor(sessions.drain()))
}

/** One frame per line. */
const linesType = 'application/x-ndjson'

function lines(frames: readonly Uint8Array[]): Response {
  return new Response(Buffer.concat(frames), {
    headers: { 'content-type': linesType, 'cache-control': 'no-store, no-transform' },
  })
}

/** @throws {WildcastError} `invalid_frame` */
function sessionOf(c: Context): string {
  const [, session] = /^Session (\w+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (session !== undefined) return session
  throw new WildcastError('invalid_frame', 'name the session of these frames: "Authorization: Session <id>"')
}

/**
 * Bytes of the longest POST: a full payload in base64, escaped, after all that the SDK puts before
 * it.
 */
function postBytes({ limits }: RelayView): number {
  return 4 * limits.payload + 320 * 1024
}
