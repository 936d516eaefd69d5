import type { Duplex } from 'node:stream'
import { type ErrorCode, errorTable, WildcastError } from '@wildcast/protocol'
import type { WebSocket } from 'ws'
import type { Relay } from '../../core/relay.js'
import type { Dialect, Line, OpenDialect } from './dialect.js'
import type { Heartbeat, Watched } from './heartbeat.js'

/** Bytes that may wait for a reader before it is cut off as a slow consumer. */
const backlogBytes = 8 * 1024 * 1024

/** RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code. */
const reasonBytes = 123

/** An open line, for the gateway. */
export interface OpenLine {
  goAway(windowMs: readonly [number, number]): void
  end(code: ErrorCode, why: string): void
}

/** Joins a WebSocket to a dialect. `gone` runs once, when it has closed. */
export function openLine(
  ws: WebSocket,
  socket: Duplex,
  relay: Relay,
  options: { readonly dialect: OpenDialect; readonly heartbeat: Heartbeat; gone(): void },
): OpenLine {
  const end = (error: WildcastError): void => {
    if (ws.readyState === ws.OPEN) ws.close(errorTable[error.code].close, reasonOf(error))
  }
  const slow = (): boolean => {
    if (socket.writableLength <= backlogBytes) return false
    end(
      new WildcastError(
        'slow_consumer',
        `more than ${backlogBytes} bytes wait for this reader; read faster, or subscribe to less`,
      ),
    )
    return true
  }
  const line: Line = {
    // The frames are written to the socket beneath, since ws would frame them anew for each reader. ws without compression writes its own at once, so order is kept.
    write(frames) {
      if (ws.readyState !== ws.OPEN || slow()) return
      watched.sent = true
      socket.write(frames)
    },
    ping: () => ws.readyState === ws.OPEN && ws.ping(),
    end,
  }
  const dialect: Dialect = options.dialect(relay, line)
  const watched: Watched = {
    heard: true,
    unfinished: false,
    sent: true,
    ping: () => dialect.ping(),
    lost: (why) => end(new WildcastError('timeout', why)),
  }
  const leave = options.heartbeat.watch(watched)
  const heard = (): void => {
    watched.heard = true
    watched.unfinished = false
  }

  // Before ws looks at the chunk: whatever it finishes lowers the flag again.
  socket.prependListener('data', () => {
    watched.unfinished = true
  })
  ws.on('message', (data: Buffer, binary) => {
    heard()
    dialect.receive(binary ? data : data.toString())
  })
  ws.on('ping', (data) => {
    heard()
    if (!slow()) ws.pong(data)
  })
  ws.on('pong', heard)
  // ws closes the line itself on a breach of RFC 6455 or of its limits; without a listener the process would end.
  ws.on('error', (cause) =>
    relay.onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' }),
  )
  ws.on('close', () => {
    leave()
    dialect.close()
    options.gone()
  })
  return {
    goAway: (windowMs) => dialect.goAway(windowMs),
    end: (code, why) => end(new WildcastError(code, why)),
  }
}

function reasonOf(error: WildcastError): string {
  const reason = `${error.code}: ${error.message}`
  if (Buffer.byteLength(reason) <= reasonBytes) return reason
  // A cut through a character is dropped, so that the reason stays UTF-8.
  return Buffer.from(reason)
    .subarray(0, reasonBytes)
    .toString()
    .replace(/\ufffd+$/, '')
}
