import type { HttpBindings } from '@hono/node-server'
import { onTestFinished } from 'vitest'
import { realClock } from '../../core/clock.js'
import { serveRelay } from '../../node/serve-relay.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import type { Gateway } from '../gateway.js'
import { connectionContract, type OpenConnection } from './connection.contract.js'
import type { Dialect, NumberedDialect } from './connection.js'
import { EventStream } from './event-stream.js'
import { EventStreamConnection } from './event-stream-connection.js'

const open: OpenConnection = async (dialectOf) => {
  let connection: EventStreamConnection | undefined
  const gateway: Gateway = ({ routes }, { slice }) => {
    routes.post('/open', (c) => {
      const { outgoing } = c.env as HttpBindings
      const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: realClock })
      connection = new EventStreamConnection(stream, slice)
      const dialect = dialectOf(connection)
      connection.use(numbered(dialect))
      stream.whenEnded(() => {
        dialect.close()
        connection?.gone()
      })
      return stream.response()
    })
    routes.post('/send', async (c) => {
      await connection?.take(Number(c.req.header('wildcast-from')), await c.req.text(), new AbortController().signal)
      return c.text('taken', 202)
    })
  }
  const brokers = { main: scriptedBroker().open }
  const serving = await serveRelay({ brokers, gateways: [gateway], port: 0, host: '127.0.0.1', onError: () => {} })
  const url = `http://127.0.0.1:${serving.port}`
  const leaving = new AbortController()
  onTestFinished(() => {
    leaving.abort()
    return serving.close()
  })
  const response = await fetch(`${url}/open`, { method: 'POST', signal: leaving.signal })
  let events = ''
  const ended = read(response, (text) => {
    events += text
  }).then(() => Number(/"code":(\d+)/.exec(events)?.[1]))
  let sent = 0
  let before: Promise<unknown> = Promise.resolve()
  return {
    ended,
    get text() {
      return [...events.matchAll(/^data: ([a-z]+)$/gm)].map(([, data]) => data).join('')
    },
    send(message) {
      const headers = { 'wildcast-from': `${++sent}` }
      before = before.then(() => fetch(`${url}/send`, { method: 'POST', headers, body: message }))
    },
    leave: () => leaving.abort(),
  }
}

/** Counts every message. */
function numbered(dialect: Dialect): NumberedDialect {
  let received = 0
  return {
    ...dialect,
    get received() {
      return received
    },
    receiveAs(number, data) {
      if (number > received) dialect.receive(data)
      received = Math.max(received, number)
      return true
    },
  }
}

/** Reads a body to its end, or until its client has left. */
async function read(response: Response, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) take(decoder.decode(chunk as Uint8Array, { stream: true }))
  } catch {
    // Its client has left.
  }
}

connectionContract('an event stream with POSTs', {
  open,
  framed: (text) => new TextEncoder().encode(`data: ${text}\n\n`),
})
