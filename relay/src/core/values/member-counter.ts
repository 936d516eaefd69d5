import type { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { KeptValues, ValueReader } from './kept-values.js'

export interface MemberCounterPorts {
  readonly values: KeptValues
  readonly clock: Clock
  /** The number of members has changed, or is known again. */
  counted(members: number): void
  /** The values can't be read. */
  failed(error: WildcastError): void
}

/** The least time between two numbers. */
const spacingMs = 1000

/** Reports the number of members of a presence: at once, and then at most once a second. */
export class MemberCounter implements ValueReader {
  readonly #ports: MemberCounterPorts
  #isReady = false
  /** The number that was reported last. */
  #last: number | undefined
  /** When the next one may be reported. */
  #nextAt = Number.NEGATIVE_INFINITY
  #stopTimer: (() => void) | undefined

  constructor(ports: MemberCounterPorts) {
    this.#ports = ports
  }

  /** The number of members. Undefined until all are known. */
  get members(): number | undefined {
    return this.#isReady ? this.#ports.values.members : undefined
  }

  /** Counts: at first, and after lost changes. */
  start(): void {
    this.pause()
    this.#ports.values.ask(this)
  }

  /** Members may have entered or left. */
  changed(): void {
    if (!this.#isReady || this.#stopTimer || this.members === this.#last) return
    const { clock } = this.#ports
    const waitMs = Math.ceil(this.#nextAt - clock.now())
    if (waitMs <= 0) this.#report()
    else
      this.#stopTimer = clock.after(waitMs, () => {
        this.#stopTimer = undefined
        this.#report()
      })
  }

  stop(): void {
    this.pause()
    this.#ports.values.leave(this)
  }

  ready(): void {
    this.#isReady = true
    this.changed()
  }

  pause(): void {
    this.#isReady = false
    this.#last = undefined
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  failed(error: WildcastError): void {
    this.pause()
    this.#ports.failed(error)
  }

  #report(): void {
    const { members } = this
    if (members === undefined || members === this.#last) return
    this.#last = members
    this.#nextAt = this.#ports.clock.now() + spacingMs
    this.#ports.counted(members)
  }
}
