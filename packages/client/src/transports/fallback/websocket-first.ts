import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transport.js'
import { websocketTransport } from '../websocket.js'
import type { FirstTry } from './fallback.js'
import type { TransportMemory } from './transport-memory.js'

/**
 * Some proxies swallow a handshake: HTTP has its turn after this time, while the handshake may
 * still succeed.
 */
const handshakeMs = 4000

/** What is known of the other ways to the relay. */
export interface RacePorts {
  readonly memory: TransportMemory
  /** Loads what else can be tried. */
  readonly loadFallback: (first: FirstTry) => Promise<OpenTransport>
}

/**
 * A WebSocket; if it does not open, what else can be tried, which also finds out why. The first
 * that opens carries the frames. While WebSockets are known to be blocked, HTTP is tried first.
 */
export function websocketFirst(ways: RacePorts): OpenTransport {
  return (events, settings) => openRace(ways, events, settings)
}

function openRace(
  { memory, loadFallback }: RacePorts,
  events: TransportEvents,
  settings: TransportSettings,
): Transport {
  const tried: Transport[] = []
  const first = { reason: '', begunAt: settings.clock.now() }
  let open: Transport | undefined
  let isAsked = false
  /** One is open, or the client has left: no other may open. */
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
      fail({ code: 1006, reason: String(cause) }) // as the policy of a page may do at once
    }
  }
  const instead = async (reason = first.reason): Promise<void> => {
    first.reason = reason
    if (isAsked) return
    isAsked = true
    const other = await loadFallback(first).catch(() => undefined) // the page's own files may be away, too
    if (isOver) return
    if (other) attempt(other, events.close)
    else if (first.reason || memory.blocked) {
      memory.remember(false)
      events.close({ code: 1006, reason: 'no connection: is a relay there?' })
    }
  }
  const close = (code?: number, but?: Transport): void => {
    isOver = true
    stopClock()
    for (const each of tried) if (each !== but) each.close(code)
  }
  const stopClock = settings.clock.after(handshakeMs, () => void instead())

  if (memory.blocked) void instead()
  else attempt(websocketTransport, ({ reason }) => void instead(reason || 'refused'))
  return {
    get kind() {
      return open?.kind
    },
    send: (frame, number) => open?.send(frame, number),
    close,
  }
}
