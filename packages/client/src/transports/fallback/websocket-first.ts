import type { OpenTransport, Transport, TransportEvents } from '../transport.js'
import { websocket } from '../websocket.js'
import type { TransportMemory } from './transport-memory.js'

/**
 * Some proxies swallow a handshake: HTTP has its turn after this time, while the handshake may
 * still succeed.
 */
const handshakeMs = 4000

/**
 * A WebSocket; if it does not open, what else can be tried, which also finds out why. The first
 * that opens carries the frames. While WebSockets are known to be blocked, HTTP is tried first.
 */
export function websocketFirst(memory: TransportMemory): OpenTransport {
  return (events, settings) => {
    const tried: Transport[] = []
    const first = { reason: '', begunAt: settings.clock.now() }
    let open: Transport | undefined
    /** One is open, or the client has left: no other may open. */
    let over = false
    let asked = false

    const attempt = (openTransport: OpenTransport, fail: TransportEvents['close']): void => {
      try {
        const mine: Transport = openTransport(
          {
            ...events,
            open() {
              if (over) return
              close(undefined, mine)
              open = mine
              events.open()
            },
            close(how) {
              if (open === mine) events.close(how)
              else if (!over) fail(how)
            },
          },
          settings,
        )
        tried.push(mine)
      } catch (cause) {
        fail({ code: 1006, reason: String(cause) }) // as the policy of a page may do at once
      }
    }
    const instead = async (): Promise<void> => {
      if (asked) return
      asked = true
      const other = await import('./others.js').then(
        ({ fallback }) => fallback(memory, first),
        () => undefined, // the page's own files are away, too
      )
      if (over) return
      if (other) attempt(other, events.close)
      else if (first.reason || memory.blocked) {
        memory.remember(false)
        events.close({ code: 1006, reason: 'no connection: is a relay there?' })
      }
    }
    const close = (code?: number, but?: Transport): void => {
      over = true
      stopClock()
      for (const each of tried) if (each !== but) each.close(code)
    }
    const stopClock = settings.clock.after(handshakeMs, instead)

    if (memory.blocked) void instead()
    else
      attempt(websocket, ({ reason }) => {
        first.reason = reason || 'refused'
        void instead()
      })
    return {
      get kind() {
        return open?.kind
      },
      send: (frame) => open?.send(frame),
      close,
    }
  }
}
