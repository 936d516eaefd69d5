import { type RelayFrame, readRelayFrame, WildcastError } from '@wildcast/protocol'
import { toWebSocketUrl } from './address.js'
import type {
  OpenTransport,
  TransportEvents,
  TransportSettings,
  WebSocketConstructor,
  WebSocketLike,
} from './transport.js'

// A server may have neither.
declare const WebSocket: WebSocketConstructor | undefined
declare const location: { readonly href: string } | undefined

const toUrl = (url: string): string | undefined =>
  toWebSocketUrl(url, typeof location === 'undefined' ? undefined : location.href)
const here = (): WebSocketConstructor | undefined => (typeof WebSocket === 'undefined' ? undefined : WebSocket)

/**
 * Whether a WebSocket can be opened here at all.
 * @throws {TypeError} where `url` is none
 */
export function canConnect(url: string, given: WebSocketConstructor | undefined): boolean {
  return toUrl(url) !== undefined && (given ?? here()) !== undefined
}

/** Whether this is a page or a worker, whose life is the user's visit; a server renders for many. */
export function inBrowser(): boolean {
  return typeof location !== 'undefined'
}

/** Opens a socket that offers the codec's subprotocol, and hands on what it carries. */
export function openSocket(
  settings: Pick<TransportSettings, 'url' | 'codec' | 'WebSocket'>,
  events: Pick<TransportEvents, 'open' | 'close'> & { data(data: string | Uint8Array): void },
): WebSocketLike {
  const Socket = settings.WebSocket ?? here()
  const url = toUrl(settings.url)
  if (!Socket || !url) throw new WildcastError('unsupported', 'there is no WebSocket here: give one as an option')
  const { subprotocol } = settings.codec
  const socket = new Socket(url, subprotocol === undefined ? [] : [subprotocol])
  socket.binaryType = 'arraybuffer'
  let cause = ''
  socket.addEventListener('open', () => events.open())
  socket.addEventListener('message', ({ data }) =>
    events.data(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
  )
  // A browser tells nothing here, on purpose; other runtimes name the fault, and some throw where nobody listens.
  socket.addEventListener('error', (event) => {
    cause = 'message' in event ? String(event.message) : ''
  })
  socket.addEventListener('close', ({ code, reason }) => events.close({ code, reason: reason || cause }))
  return socket
}

/** The relay's own protocol over a WebSocket. */
export const websocket: OpenTransport = (events, settings) => {
  const { codec } = settings
  const read = (data: string | Uint8Array): RelayFrame | undefined => {
    try {
      return readRelayFrame(codec.decode(data))
    } catch (cause) {
      events.fault(WildcastError.from(cause, 'invalid_frame'))
      return undefined
    }
  }
  const socket = openSocket(settings, {
    open: events.open,
    close: events.close,
    data(data) {
      const frame = read(data)
      if (frame) events.frame(frame)
    },
  })
  return {
    send: (frame) => socket.send(codec.encode(frame)),
    close: (code) => socket.close(code),
  }
}
