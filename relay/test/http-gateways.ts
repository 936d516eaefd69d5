import { health, http, httpRequest, metrics, serverSentEvents, streamEndpoint, websocket } from '../src/index.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

/** Every gateway that answers over HTTP. */
export const gateways = [
  metrics().gateway,
  http,
  health,
  serverSentEvents,
  streamEndpoint,
  websocket({ mode: 'json' }),
  httpRequest({ form: 'json', timeoutMs: 60_000 }),
]

export const start = (options: Parameters<typeof startRelay>[0] = {}): Promise<StartedRelay> =>
  startRelay({ gateways, ...options })

/** The statuses of the responses on a connection. */
export const statusesIn = (received: string): number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/** Answers every request on `/request/…` with `answer`. */
export async function responder(relay: StartedRelay, answer: unknown): Promise<void> {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  socket.send(JSON.stringify({ Subscribe: 'request.>' }))
  await socket.next()
  socket.ws.on('message', (data: Buffer) => {
    const subject = JSON.parse(data.toString()).Message.response_subject
    socket.send(JSON.stringify({ Publish: { subject, message: JSON.stringify(answer) } }))
  })
}
