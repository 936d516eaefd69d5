import type { IncomingMessage } from 'node:http'
import { parsePattern, WildcastError } from '@wildcast/protocol'
import { WebSocketServer } from 'ws'
import type { Relay } from '../core/relay.js'
import { brokerOfUrl } from './broker-of-url.js'
import { type Gateway, refuseHandshake } from './gateway.js'
import { onlyBy } from './only-by.js'
import { reconnectWindow } from './reconnect-window.js'
import { subjectOfPath } from './subject-of-path.js'
import { classic, subscribeOnly } from './websocket/classic.js'
import type { OpenDialect } from './websocket/dialect.js'
import { classicEncoders, type Mode, subscribeEncoders, v1Codecs } from './websocket/encoders.js'
import { heartbeat } from './websocket/heartbeat.js'
import { SocketLine } from './websocket/line.js'
import { v1 } from './websocket/v1.js'

export interface WebSocketOptions {
  /** What classic clients are sent; without it only v1 is spoken. */
  readonly mode?: Mode | undefined
}

/** A client that has not closed its side after this is cut off. */
const closeTimeoutMs = 2000

/** `/ws`: v1 by subprotocol, classic without one. `/subscribe/<pattern>`: one pattern, one way. `?broker=` leads to one broker only. */
export function websocket({ mode }: WebSocketOptions = {}): Gateway {
  return (ports, relay) => {
    const lines = new Set<SocketLine>()
    const beat = heartbeat(relay.clock)
    // A constant of its own, since the published types do not know `closeTimeout` yet.
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      closeTimeout: closeTimeoutMs,
      maxPayload: frameBytes(relay),
      handleProtocols: (offered: Set<string>) => [...offered].find((protocol) => v1Codecs.has(protocol)) ?? false,
    }
    const server = new WebSocketServer(options)

    ports.onUpgrade(({ request, socket, head, path }) => {
      if (path !== '/ws' && !path.startsWith('/subscribe/')) return false
      let dialect: OpenDialect
      let view = relay
      try {
        dialect = path === '/ws' ? dialectOf(request, mode) : subscription(request, path, mode)
        const broker = brokerOfUrl(request.url ?? '')
        if (broker !== undefined) view = relay.only(broker)
      } catch (cause) {
        refuseHandshake(socket, 400, WildcastError.from(cause).message)
        return true
      }
      server.handleUpgrade(request, socket, head, (ws) => {
        const line = new SocketLine({ ws, socket, clock: relay.clock, onError: relay.onError })
        beat.watch(line)
        lines.add(line)
        line.speak(dialect(view, line), gone)
      })
      return true
    })

    function gone(line: SocketLine): void {
      beat.unwatch(line)
      lines.delete(line)
    }

    ports.routes.get('/ws', (c) => c.text('connect with a WebSocket\n', 426, { Upgrade: 'websocket' }))
    ports.routes.get('/subscribe/*', (c) =>
      c.text('connect with a WebSocket, or accept text/event-stream\n', 426, { Upgrade: 'websocket' }),
    )
    for (const path of ['/ws', '/subscribe/*']) ports.routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))

    ports.closing.addEventListener('abort', () => {
      beat.stop()
      const windowMs = reconnectWindow(lines.size)
      for (const line of lines) line.goAway(windowMs)
    })
  }
}

/** Bytes of the longest WebSocket message: a full payload as an array of numbers (`255,`), and room for the rest of its frame. */
function frameBytes(relay: Relay): number {
  return 4 * relay.limits.payload + 64 * 1024
}

function dialectOf(request: IncomingMessage, mode: Mode | undefined): OpenDialect {
  const header = request.headers['sec-websocket-protocol']
  if (header === undefined) return classic(classicEncoders[demandMode(mode)])
  for (const offered of header.split(',')) {
    const spoken = v1Codecs.get(offered.trim())
    if (spoken) return v1(spoken.codec, spoken.encoder)
  }
  throw new WildcastError('invalid_frame', `offer one of these subprotocols: ${[...v1Codecs.keys()].join(', ')}`)
}

function subscription(request: IncomingMessage, path: string, mode: Mode | undefined): OpenDialect {
  // Of what is offered, ws would claim one, and none is spoken here.
  request.headers['sec-websocket-protocol'] = undefined
  const pattern = subjectOfPath(path, '/subscribe/')
  parsePattern(pattern) // refused before the handshake rather than after
  return subscribeOnly(pattern, subscribeEncoders[demandMode(mode)])
}

function demandMode(mode: Mode | undefined): Mode {
  if (mode) return mode
  throw new WildcastError(
    'invalid_frame',
    `Websockets aren't supported: start the gateway with --websockets, or offer ${[...v1Codecs.keys()].join(' or ')}`,
  )
}
