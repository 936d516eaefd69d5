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

/** Opens a socket with the codec's subprotocol and passes on its data. */
export function openSocket(
  settings: Pick<TransportSettings, 'url' | 'relay' | 'codec' | 'WebSocket'>,
  events: Pick<TransportEvents, 'open' | 'close'> & { data(data: string | Uint8Array): void },
): WebSocketLike {
  const { WebSocket = globalThis.WebSocket as WebSocketConstructor | undefined, codec } = settings
  const url = toWebSocketUrl(settings.url, undefined, settings.relay)
  if (!WebSocket || !url) throw new WildcastError('unsupported', 'no WebSocket: pass one')
  const socket: WebSocketLike = new WebSocket(url, codec.subprotocol ?? [])
  socket.binaryType = 'arraybuffer'
  let cause: string | undefined
  socket.addEventListener('open', events.open)
  socket.addEventListener('message', ({ data }) =>
    events.data(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer)),
  )
  // Browsers hide the error on purpose. Other runtimes have a message, and some throw without a
  // listener.
  socket.addEventListener('error', (event) => {
    cause = (event as { readonly message?: string }).message
  })
  socket.addEventListener('close', ({ code, reason }) => events.close({ code, reason: reason || cause || '' }))
  return socket
}

/** The requested size of a batch, in bytes: the largest that a relay accepts. */
const batchBytes = 65_536

/**
 * The relay's own protocol over a WebSocket. Frames sent in one turn go in one message, if the
 * relay accepts batches. As the `transport` of a client, it never falls back to HTTP.
 */
export const websocketTransport: OpenTransport = (events, settings) => {
  const { codec } = settings
  const { batches } = codec
  /** The size of a batch in bytes, after `Welcome`; 0 without batches. */
  let most = 0
  let waiting: ReturnType<typeof codec.encode>[] = []
  let bytes = 0
  const received: TransportEvents = {
    ...events,
    frame(frame, bytes) {
      if (frame.kind === 'Welcome' && batches) most = frame.limits.batch ?? 0
      events.frame(frame, bytes)
    },
  }
  const framesOf = (data: string | Uint8Array): Iterable<string | Uint8Array> => {
    try {
      return most && batches ? batches.split(data) : [data]
    } catch (cause) {
      // The frames that follow can't be counted.
      const error = WildcastError.from(cause)
      events.fault(error)
      events.close({ code: 4400, reason: error.message })
      return []
    }
  }
  const socket = openSocket(settings, {
    ...events,
    data(data) {
      for (const frame of framesOf(data)) receive(codec, frame, received)
    },
  })
  const flush = (): void => {
    const data = waiting.length > 1 && batches ? batches.join(waiting) : waiting[0]
    // A socket that is closing sends nothing; a browser warns of the attempt.
    if (data && (socket.readyState ?? 0) < 2) socket.send(data)
    waiting = []
    bytes = 0
  }
  return {
    kind: 'websocket',
    send(frame) {
      const data = codec.encode(batches && frame.kind === 'Connect' ? { ...frame, batch: batchBytes } : frame)
      const size = data.length * 3 // the most in UTF-8, with the separator
      if (bytes + size > most) flush()
      waiting.push(data)
      bytes += size
      if (!most) flush()
      else if (waiting.length === 1) queueMicrotask(flush)
    },
    close(code) {
      flush()
      socket.close(code)
    },
  }
}
