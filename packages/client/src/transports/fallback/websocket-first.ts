import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transport.js'
import { websocketTransport } from '../websocket.js'
import type { FirstTry } from './fallback.js'
import type { TransportMemory } from './transport-memory.js'

/**
 * Some proxies drop the handshake: after this time HTTP is tried, too, while the handshake may
 * still succeed.
 */
const handshakeMs = 4000

/** The memory of blocked WebSockets, and the loader of the fallback. */
export interface RacePorts {
  readonly memory: TransportMemory
  /** Loads the transport to try next. */
  readonly loadFallback: (first: FirstTry) => Promise<OpenTransport>
}

/**
 * Opens a WebSocket; if it doesn't open, the fallback, which also finds out why. The first
 * transport that opens is used. While WebSockets are known to be blocked, HTTP is tried first.
 */
export function websocketFirst(ports: RacePorts): OpenTransport {
  return (events, settings) => race(ports, events, settings)
}

function race({ memory, loadFallback }: RacePorts, events: TransportEvents, settings: TransportSettings): Transport {
  const tried: Transport[] = []
  const first = { reason: '', begunAt: settings.clock.now() }
  let open: Transport | undefined
  let isLoaded = false
  /** A transport is open, or the client has left: no other may open. */
  let isOver = false

  const attempt = (openTransport: OpenTransport, fail: TransportEvents['close']): void => {
    try {
      const mine: Transport = openTransport(
        {
          ...events,
          open() {
            if (isOver) return
            close(undefined, mine)
            open = mine
            events.open()
          },
          close(how) {
            if (open === mine) events.close(how)
            else if (!isOver) fail(how)
          },
        },
        settings,
      )
      tried.push(mine)
    } catch (cause) {
      fail({ code: 1006, reason: String(cause) }) // thrown by the page's content security policy
    }
  }
  const fallBack = async (reason = first.reason): Promise<void> => {
    first.reason = reason
    if (isLoaded) return
    isLoaded = true
    const other = await loadFallback(first).catch(() => undefined) // the page's files may be unreachable, too
    if (isOver) return
    if (other) attempt(other, events.close)
    else if (first.reason || memory.blocked) {
      memory.remember(false)
      events.close({ code: 1006, reason: 'no connection: is a relay there?' })
    }
  }
  const close = (code?: number, except?: Transport): void => {
    isOver = true
    stopClock()
    for (const each of tried) if (each !== except) each.close(code)
  }
  const stopClock = settings.clock.after(handshakeMs, () => void fallBack())

  if (memory.blocked) void fallBack()
  else attempt(websocketTransport, ({ reason }) => void fallBack(reason || 'refused'))
  return {
    get kind() {
      return open?.kind
    },
    send: (frame, number) => open?.send(frame, number),
    close,
  }
}
