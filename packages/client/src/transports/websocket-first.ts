import type { OpenTransport, Transport, TransportEvents } from './transport.js'
import type { TransportMemory } from './transport-memory.js'
import { websocket } from './websocket.js'

/** Some proxies swallow a handshake: HTTP has its turn after this time, while the handshake may still succeed. */
const handshakeMs = 4000

/**
 * A WebSocket; if it does not open, what else can be tried, which also finds out why. The first that opens carries the frames. While WebSockets are known to be
 * blocked, HTTP is tried first.
 */
export function websocketFirst(memory: TransportMemory): OpenTransport {
  return (events, settings) => {
    const tried = new Set<Transport>()
    const begunAt = settings.clock.now()
    let open: Transport | undefined
    let closed = false
    let asked = false

    const attempt = (openTransport: OpenTransport, fail: TransportEvents['close']): void => {
      const mine: Transport = openTransport(
        {
          ...events,
          open() {
            if (open || closed) return
            open = mine
            stopClock()
            for (const other of tried) if (other !== mine) other.close()
            events.open()
          },
          close(how) {
            if (open === mine) events.close(how)
            else if (!open && !closed) fail(how)
          },
        },
        settings,
      )
      tried.add(mine)
    }
    const instead = async (reason: string): Promise<void> => {
      if (asked) return
      asked = true
      try {
        const { fallback } = await import('./others.js')
        if (!open && !closed) attempt(fallback(memory, { reason, begunAt }), events.close)
      } catch (cause) {
        memory.remember(false)
        if (!open) events.close({ code: 1006, reason: reason || String(cause) })
      }
    }
    const stopClock = settings.clock.after(handshakeMs, () => void instead(''))

    if (memory.blocked) void instead('')
    else
      try {
        attempt(websocket, ({ reason }) => void instead(reason || 'refused'))
      } catch (cause) {
        void instead(String(cause)) // as the policy of a page may do at once
      }
    return {
      get kind() {
        return open?.kind
      },
      send: (frame) => open?.send(frame),
      close(code) {
        closed = true
        stopClock()
        for (const each of tried) each.close(code)
      },
    }
  }
}
