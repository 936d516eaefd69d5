import type { ClientClock } from '../../time/clock.js'

/** Remembers whether WebSockets to a relay are blocked. */
export interface TransportMemory {
  /** Whether WebSockets were refused recently while plain HTTP worked. */
  readonly blocked: boolean
  remember(blocked: boolean): void
}

/** Networks and proxies change: after this time, a WebSocket is tried first again. */
const rememberMs = 600_000

/**
 * Opens the memory for the relay of one origin. Pages of a tab share it through `sessionStorage`,
 * which is not read before the first use.
 * @param url - returns the URL of the relay; called at each use, since a page may exist later
 */
export function openTransportMemory(url: () => string | undefined, clock: Pick<ClientClock, 'now'>): TransportMemory {
  let blockedAt = Number.NaN
  const key = (): string => `wildcast ${new URL(url() as string).origin}`
  return {
    get blocked() {
      try {
        blockedAt = Number(sessionStorage[key()])
      } catch {
        // Without storage, the memory of this client counts.
      }
      return Math.abs(clock.now() - blockedAt) < rememberMs // absolute, since the clock may be set back
    },
    remember(blocked) {
      blockedAt = blocked ? clock.now() : Number.NaN
      try {
        if (blocked) sessionStorage[key()] = blockedAt
        else delete sessionStorage[key()]
      } catch {
        // As above.
      }
    },
  }
}
