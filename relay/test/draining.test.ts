import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { health, http, serverSentEvents, streamEndpoint } from '../src/index.js'
import { startRelay } from './start-relay.js'

/** Sends a request on a connection that is new when the relay begins to drain. */
async function whileDraining(request: string): Promise<string> {
  const relay = await startRelay({ gateways: [http, health, serverSentEvents, streamEndpoint] })
  const socket = connect(relay.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const closed = relay.close()
  socket.write(`${request}\r\n\r\n`)
  const answer = await text(socket)
  await closed
  return answer
}

it.each([
  ['serves a publish', 'POST /publish/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0', '202 Accepted'],
  ['is not ready', 'GET /readyz HTTP/1.1\r\nHost: a', '503 Service Unavailable'],
  [
    'refuses a stream of events',
    'GET /subscribe/a HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream',
    '503 Service Unavailable',
  ],
  ['refuses a session', 'POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 0', '503 Service Unavailable'],
])('a relay that drains %s, and closes the connection', async (_, request, status) => {
  const answer = await whileDraining(request)
  expect(answer).toContain(`HTTP/1.1 ${status}\r\n`)
  expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
})
