import type { ClientClock } from '../../time/clock.js'

/** What a tab knows of the way to one relay. */
export interface TransportMemory {
  /** Whether WebSockets were refused a while ago, and plain HTTP came through. */
  readonly blocked: boolean
  remember(blocked: boolean): void
}

/** Networks and proxies change: after this time a WebSocket is tried first again. */
const rememberMs = 600_000

/**
 * A memory for the relay of one origin. Pages of a tab share it, if the tab can keep anything;
 * nothing is read before it is asked for.
 * @param url - where the relay is; asked for at each use, since a page may come later
 */
export function openTransportMemory(url: () => string | undefined, clock: Pick<ClientClock, 'now'>): TransportMemory {
  let blockedAt = Number.NaN
  const key = (): string => `wildcast ${new URL(url() as string).origin}`
  return {
    get blocked() {
      try {
        blockedAt = Number(sessionStorage[key()])
      } catch {
        // Nothing can be kept here: the client's own memory counts.
      }
      return Math.abs(clock.now() - blockedAt) < rememberMs // in both directions: a clock may be put back
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
