import { WildcastError } from '@wildcast/protocol/client'
import { toWebSocketUrl } from './address.js'
import { receive } from './receive.js'
import type {
  OpenTransport,
  TransportEvents,
  TransportSettings,
  WebSocketConstructor,
  WebSocketLike,
} from './transport.js'

/** Opens a socket that offers the codec's subprotocol, and hands on what it carries. */
export function openSocket(
  settings: Pick<TransportSettings, 'url' | 'codec' | 'WebSocket'>,
  events: Pick<TransportEvents, 'open' | 'close'> & { data(data: string | Uint8Array): void },
): WebSocketLike {
  const { WebSocket = globalThis.WebSocket as WebSocketConstructor | undefined, codec } = settings
  const url = toWebSocketUrl(settings.url)
  if (!WebSocket || !url) throw new WildcastError('unsupported', 'no WebSocket: give one')
  const socket: WebSocketLike = new WebSocket(url, codec.subprotocol ?? [])
  socket.binaryType = 'arraybuffer'
  let cause: string | undefined
  socket.addEventListener('open', events.open)
  socket.addEventListener('message', ({ data }) =>
    events.data(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
  )
  // A browser tells nothing here, on purpose; other runtimes name the fault, and some throw where nobody listens.
  socket.addEventListener('error', (event) => {
    cause = (event as { readonly message?: string }).message
  })
  socket.addEventListener('close', ({ code, reason }) => events.close({ code, reason: reason || cause || '' }))
  return socket
}

/** The relay's own protocol over a WebSocket. */
export const websocket: OpenTransport = (events, settings) => {
  const { codec } = settings
  const socket = openSocket(settings, {
    open: events.open,
    close: events.close,
    data: (data) => receive(codec, data, events),
  })
  return {
    kind: 'websocket',
    send: (frame) => socket.send(codec.encode(frame)),
    close: (code) => socket.close(code),
  }
}
