import type { Clock } from '../../../core/clock.js'
import type { MqttSession } from './mqtt-session.js'

export interface MqttSessionsPorts {
  readonly clock: Clock
  /** Sessions whose client is away. Past it, the one that is away longest ends. */
  readonly mostAway: number
}

/** Whose session it is. */
export interface SessionOwner {
  /** Unique among all clients of the relay: clients of others can't take it over. */
  readonly key: string
  /** Absent for anonymous clients. */
  readonly user: string | undefined
}

interface Kept {
  readonly session: MqttSession
  readonly owner: SessionOwner
  /** Ends the timer of its expiry. Absent while the client is here. */
  stopExpiry: (() => void) | undefined
}

/** Sessions of one user whose clients are away. */
const mostAwayOfUser = 1000

/** Take-overs of one client id in `stormMs` after which another one is refused. */
const stormTakeovers = 10
const stormMs = 10_000

/** The sessions of clients, by owner. They outlive connections in memory. */
export class MqttSessions {
  readonly #ports: MqttSessionsPorts
  readonly #kept: Map<string, Kept> = new Map()
  /** Those whose client is away, in the order in which they left. */
  readonly #away: Set<Kept> = new Set()
  /** By key: how often a session was taken over in `stormMs`. */
  readonly #takeovers: Map<string, number> = new Map()
  readonly #awayOfUser: Map<string, Set<Kept>> = new Map()

  constructor(ports: MqttSessionsPorts) {
    this.#ports = ports
  }

  /** The number of sessions, and of those whose client is away. */
  get size(): { readonly all: number; readonly away: number } {
    return { all: this.#kept.size, away: this.#away.size }
  }

  find({ key }: SessionOwner): MqttSession | undefined {
    return this.#kept.get(key)?.session
  }

  /**
   * Whether a client may take the session over from a connected one. False if that happens again
   * and again: two clients with one id would throw each other out forever.
   */
  mayTakeOver({ key }: SessionOwner): boolean {
    if (!this.#kept.get(key)?.session.line) return true
    const { clock } = this.#ports
    const count = this.#takeovers.get(key) ?? 0
    if (count >= stormTakeovers) return false
    if (count === 0) clock.after(stormMs, () => this.#takeovers.delete(key))
    this.#takeovers.set(key, count + 1)
    return true
  }

  /** The client is here, with its session or a new one. An earlier one has ended. */
  enter({ key, user }: SessionOwner, session: MqttSession): void {
    const kept = this.#kept.get(key)
    if (kept) this.#stay(kept)
    if (kept?.session === session) return
    this.#kept.set(key, { session, owner: { key, user }, stopExpiry: undefined })
  }

  /** The client is away. The session ends after this time, or if there are too many. */
  leave({ key }: SessionOwner, ms: number): void {
    const { clock, mostAway } = this.#ports
    const kept = this.#kept.get(key)
    if (!kept) return
    this.#stay(kept)
    kept.stopExpiry = after(clock, ms, () => kept.session.close('lost'))
    this.#away.add(kept)
    const { user } = kept.owner
    const ofUser = user === undefined ? undefined : (this.#awayOfUser.get(user) ?? new Set())
    if (user !== undefined && ofUser) this.#awayOfUser.set(user, ofUser.add(kept))
    if (ofUser && ofUser.size > mostAwayOfUser) endFirst(ofUser)
    if (this.#away.size > mostAway) endFirst(this.#away)
  }

  /** A session has ended. */
  delete({ key }: SessionOwner, session: MqttSession): void {
    const kept = this.#kept.get(key)
    if (kept?.session !== session) return
    this.#stay(kept)
    this.#kept.delete(key)
  }

  /** The relay closes: ends the sessions whose clients are away. */
  close(): void {
    for (const { session } of [...this.#kept.values()]) if (!session.line) session.close('moved')
  }

  #stay(kept: Kept): void {
    const { user } = kept.owner
    kept.stopExpiry?.()
    kept.stopExpiry = undefined
    this.#away.delete(kept)
    const ofUser = user === undefined ? undefined : this.#awayOfUser.get(user)
    ofUser?.delete(kept)
    if (user !== undefined && ofUser?.size === 0) this.#awayOfUser.delete(user)
  }
}

function endFirst(away: ReadonlySet<Kept>): void {
  const [first] = away
  first?.session.close('lost')
}

/** Longer timers fire at once. */
const longestTimer = 2 ** 31 - 1

function after(clock: Clock, ms: number, run: () => void): () => void {
  let stop = (): void => {}
  const wait = (left: number): void => {
    stop = clock.after(Math.min(left, longestTimer), () => {
      if (left > longestTimer) wait(left - longestTimer)
      else run()
    })
  }
  wait(ms)
  return () => stop()
}
