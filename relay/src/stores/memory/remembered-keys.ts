import type { Clock } from '../../core/clock.js'
import { keyMs, type PublishKey, usedKey } from '../../core/publish-key.js'
import type { Soon, Written } from '../../core/store.js'

interface Remembered {
  readonly fingerprint: string
  readonly outcome: Written<string>
  readonly at: number
}

/** The keys of writes that were done, with their outcomes. Relays limit their number. */
export class RememberedKeys {
  readonly #clock: Pick<Clock, 'now'>
  /** Oldest first. */
  readonly #byName: Map<string, Remembered> = new Map()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** Does a write, unless one with its key was done. */
  once(key: PublishKey | undefined, write: () => Soon<Written<string>>): Soon<Written<string>> {
    if (!key) return write()
    this.#forgetOld()
    const known = this.#byName.get(key.name)
    if (known && known.fingerprint !== key.fingerprint) return Promise.reject(usedKey())
    if (known) return repeatedOf(known.outcome)
    const outcome = write()
    if (outcome instanceof Promise || outcome.kind === 'refused') return outcome
    this.#byName.set(key.name, { fingerprint: key.fingerprint, outcome, at: this.#clock.now() })
    return outcome
  }

  #forgetOld(): void {
    const now = this.#clock.now()
    for (const [name, { at }] of this.#byName) {
      if (now - at < keyMs) return
      this.#byName.delete(name)
    }
  }
}

function repeatedOf(outcome: Written<string>): Written<string> {
  return outcome.kind === 'written' ? { ...outcome, repeated: true } : outcome
}
