import type { Clock } from './clock.js'
import type { Observer } from './observer.js'

/** A session that its client can resume, as `Sessions` sees it. */
export interface ResumableSession {
  /** Ends the session: its time is over, or its client has left. */
  expire(ending?: 'left'): void
  /** Sends the client a confirmation of its frames that have arrived. */
  confirm(): void
  /** Whether it keeps frames for its client. */
  readonly holdsFrames: boolean
}

export interface SessionsPorts {
  readonly clock: Clock
  /** Returns a new, unguessable name. */
  readonly newKey: () => string
  /** How long a session without its client is kept, in milliseconds. */
  readonly windowMs: number
  /** The most sessions whose client is away. Past it, the session that is away longest ends. */
  readonly mostAway: number
  readonly observer: Pick<Observer, 'connections'>
}

/** How soon a client's frames are confirmed, in milliseconds. PROTOCOL.md, 2.4. */
const confirmMs = 1000

/**
 * If the timer fires later than this, the process was stopped: it reads its input before sessions
 * expire.
 */
const lateMs = 1000

/**
 * The most time that expiring sessions take at once: each may have thousands of messages that are
 * offered to other clients.
 */
const sliceMs = 8

/** The resumable sessions of a relay, by their keys. */
export class Sessions<Kept extends ResumableSession = ResumableSession> {
  readonly #ports: SessionsPorts
  readonly #sessions: Map<string, Kept> = new Map()
  /** When each session whose client is away expires, in that order. */
  readonly #away: Map<string, number> = new Map()
  #stopExpiry: (() => void) | undefined
  /** When the timer of `#stopExpiry` is due. */
  #expiryAt = 0
  /** Whether the end of this turn will end sessions to free memory. */
  #relieving = false
  /** Whether ending the sessions that are away would free no memory. */
  #exhausted = false
  /** Sessions with frames that are not confirmed yet. */
  #unconfirmed: Kept[] = []

  constructor(ports: SessionsPorts) {
    this.#ports = ports
  }

  /** How many clients are away. */
  get away(): number {
    return this.#away.size
  }

  /** Adds a session. Returns its key, which authenticates its client. */
  open(session: Kept): string {
    const key = this.#ports.newKey()
    this.#sessions.set(key, session)
    return key
  }

  find(key: string): Kept | undefined {
    return this.#sessions.get(key)
  }

  /** The client is away: the session expires unless it comes back in time. */
  leave(key: string): void {
    const { clock, windowMs, mostAway, observer } = this.#ports
    if (!this.#sessions.has(key)) return
    if (!this.#away.has(key)) observer.connections('away', 1)
    this.#away.set(key, clock.now() + windowMs)
    this.#exhausted = false
    if (this.#away.size > mostAway) this.#expireFirst()
    if (!this.#stopExpiry) this.#expireAfter(windowMs)
  }

  /** The client is back. */
  comeBack(key: string): void {
    if (this.#away.delete(key)) this.#ports.observer.connections('away', -1)
  }

  /**
   * Ends sessions that keep frames for absent clients, soon and one by one, until `isEnough`.
   * Returns false if it can end no session.
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

  /** Removes an ended session. */
  delete(key: string): void {
    this.#sessions.delete(key)
    this.comeBack(key)
  }

  /** Calls `confirm` of a session soon, once for each call. */
  confirmSoon(session: Kept): void {
    if (this.#unconfirmed.push(session) > 1) return
    this.#ports.clock.after(confirmMs, () => {
      const due = this.#unconfirmed
      this.#unconfirmed = []
      for (const dueSession of due) dueSession.confirm()
    })
  }

  /** The relay closes: ends sessions whose client is away. */
  close(): void {
    this.#stopExpiry?.()
    for (const key of [...this.#away.keys()]) this.#sessions.get(key)?.expire()
  }

  #expire(): void {
    this.#stopExpiry = undefined
    const { clock } = this.#ports
    const now = clock.now()
    if (now - this.#expiryAt > lateMs) {
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
    this.#expiryAt = clock.now() + ms
    this.#stopExpiry = clock.after(ms, () => this.#expire())
  }

  #expireFirst(): void {
    const [first] = this.#away.keys()
    if (first !== undefined) this.#sessions.get(first)?.expire()
  }
}
