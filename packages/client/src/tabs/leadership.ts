import type { ClientClock } from '../time/clock.js'
import { openTimer } from '../time/timer.js'

/** How often a visible tab checks its leader, in milliseconds. */
const checkEveryMs = 3_000
/** How long a leader may take to answer. */
const answerMs = 2_000
/** A random part of the wait, so that one of several tabs is first. */
const spreadMs = 500
/** A timer that fires later than this has slept, and messages may be waiting. */
const lateMs = 1_000

/** The functions that `Leadership` uses. */
export interface LeadershipPorts {
  readonly locks: Pick<LockManager, 'request'>
  readonly clock: ClientClock
  /** Name of the lock. */
  readonly name: string
  /** Whether the page is visible: timers of a hidden page are late. */
  isVisible(): boolean
  /** Sends a probe to the leader. */
  probe(): void
  /** This tab leads now. */
  lead(): void
  /** Another tab leads now. */
  follow(): void
}

/** Elects the leader: the tab that holds a lock. A leader that doesn't answer loses it. */
export class Leadership {
  readonly #ports: LeadershipPorts
  readonly #timer
  #queued = new AbortController()
  #release: (() => void) | undefined
  #isOver = false
  #isLeading = false
  #isAlive = false

  constructor(ports: LeadershipPorts) {
    this.#ports = ports
    this.#timer = openTimer(ports.clock)
    this.#request()
    this.#watch()
  }

  get isLeading(): boolean {
    return this.#isLeading
  }

  /** Records a message of the leader. */
  keepAlive(): void {
    this.#isAlive = true
  }

  /** Probes the leader now. */
  check(): void {
    if (this.#isOver || this.#isLeading) return
    const { clock, probe } = this.#ports
    this.#isAlive = false
    probe()
    const ms = answerMs + clock.random() * spreadMs
    const dueAt = clock.now() + ms
    this.#timer.set(ms, () => {
      const isLate = clock.now() - dueAt > lateMs
      if (this.#isAlive || isLate) this.#watch()
      else this.#steal()
    })
  }

  end(): void {
    this.#isOver = true
    this.#isLeading = false
    this.#timer.stop()
    this.#queued.abort()
    this.#release?.()
  }

  #watch(): void {
    this.#isAlive = false
    this.#timer.set(checkEveryMs, () => {
      if (this.#isAlive || !this.#ports.isVisible()) this.#watch()
      else this.check()
    })
  }

  #steal(): void {
    this.#queued.abort()
    this.#request({ steal: true })
    this.#watch()
  }

  #request(how?: LockOptions): void {
    this.#queued = new AbortController()
    const { locks, name } = this.#ports
    let isGranted = false
    const hold = (): Promise<void> => {
      isGranted = true
      return this.#lead()
    }
    // A request that steals can't be aborted: the lock is granted at once.
    const options = how ?? { signal: this.#queued.signal }
    locks.request(name, options, hold).catch(() => isGranted && this.#follow())
  }

  #lead(): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    this.#isLeading = true
    this.#timer.stop()
    return new Promise((release) => {
      this.#release = release
      this.#ports.lead()
    })
  }

  /** Another tab has stolen the lock. */
  #follow(): void {
    if (!this.#isLeading || this.#isOver) return
    this.#isLeading = false
    this.#ports.follow()
    this.#request()
    this.#watch()
  }
}
