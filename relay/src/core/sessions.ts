import type { Clock } from './clock.js'

/** A session that its client can come back to, as the relay's list of them sees it. */
export interface ResumableSession {
  /** Ends it for good. */
  expire(): void
  /** Confirms to the client what has come from it. */
  confirm(): void
  /** Whether frames are kept for its client. */
  readonly holdsFrames: boolean
}

export interface SessionsPorts {
  readonly clock: Clock
  /** Gives a fresh, unguessable name with each call. */
  readonly newKey: () => string
  /** How long a session is kept whose client is away, in milliseconds. */
  readonly windowMs: number
}

/** How soon what has come from a client is confirmed to it. PROTOCOL.md, 2.4. */
const confirmMs = 1000

/**
 * A process that was stopped for longer looks at what has come in meanwhile before sessions expire.
 */
const lateMs = 1000

/**
 * Sessions that expire together may take so long at once: each may have thousands of messages for
 * others.
 */
const sliceMs = 8

/** Sessions whose client is away. Past so many, the one that has been for longest ends. */
const mostAway = 10_000

/** The sessions of a relay that can be resumed, by their keys. */
export class Sessions<Kept extends ResumableSession = ResumableSession> {
  readonly #ports: SessionsPorts
  readonly #sessions: Map<string, Kept> = new Map()
  /** Those whose client is away, in the order in which they expire, with the time. */
  readonly #away: Map<string, number> = new Map()
  #stopExpiry: (() => void) | undefined
  /** When the first of them expires. */
  #expiresAt = 0
  /** Sessions are about to be ended, to make room. */
  #relieving = false
  /** There is none whose end would make room. */
  #exhausted = false
  /** Those whose client has sent something since it was confirmed last. */
  #unconfirmed: Kept[] = []

  constructor(ports: SessionsPorts) {
    this.#ports = ports
  }

  /** Sessions whose client is away. */
  get away(): number {
    return this.#away.size
  }

  /** Keeps a session. Returns its key, which proves that a client is its own. */
  open(session: Kept): string {
    const key = this.#ports.newKey()
    this.#sessions.set(key, session)
    return key
  }

  find(key: string): Kept | undefined {
    return this.#sessions.get(key)
  }

  /** Its client is gone: unless it comes back in time, the session expires. */
  leave(key: string): void {
    const { clock, windowMs } = this.#ports
    if (!this.#sessions.has(key)) return
    this.#away.set(key, clock.now() + windowMs)
    this.#exhausted = false
    if (this.#away.size > mostAway) this.#expireFirst()
    if (!this.#stopExpiry) this.#expireAfter(windowMs)
  }

  /** Its client is back. */
  comeBack(key: string): void {
    this.#away.delete(key)
  }

  /**
   * Ends sessions whose client is away and for which frames are kept, soon and one after the other,
   * until it is enough. Returns false if there is none.
   */
  relieve(isEnough: () => boolean): boolean {
    if (this.#away.size === 0 || this.#exhausted) return false
    if (this.#relieving) return true
    this.#relieving = true
    this.#ports.clock.endOfTurn(() => {
      this.#relieving = false
      for (const key of [...this.#away.keys()]) {
        if (isEnough()) return
        const session = this.#sessions.get(key)
        if (session?.holdsFrames) session.expire()
      }
      this.#exhausted = !isEnough()
    })
    return true
  }

  /** It has ended. */
  delete(key: string): void {
    this.#sessions.delete(key)
    this.#away.delete(key)
  }

  /** Calls `confirm` of a session soon, once for each call. */
  confirmSoon(session: Kept): void {
    if (this.#unconfirmed.push(session) > 1) return
    this.#ports.clock.after(confirmMs, () => {
      const due = this.#unconfirmed
      this.#unconfirmed = []
      for (const one of due) one.confirm()
    })
  }

  /** The relay closes: whose client is away can't come back. */
  close(): void {
    this.#stopExpiry?.()
    for (const key of [...this.#away.keys()]) this.#sessions.get(key)?.expire()
  }

  #expire(): void {
    this.#stopExpiry = undefined
    const { clock } = this.#ports
    const now = clock.now()
    if (now - this.#expiresAt > lateMs) {
      this.#expireAfter(lateMs)
      return
    }
    for (const [key, at] of this.#away) {
      if (at > now || clock.now() - now > sliceMs) {
        this.#expireAfter(Math.max(0, at - now))
        return
      }
      this.#sessions.get(key)?.expire()
    }
  }

  #expireAfter(ms: number): void {
    const { clock } = this.#ports
    this.#expiresAt = clock.now() + ms
    this.#stopExpiry = clock.after(ms, () => this.#expire())
  }

  #expireFirst(): void {
    const [first] = this.#away.keys()
    if (first !== undefined) this.#sessions.get(first)?.expire()
  }
}
