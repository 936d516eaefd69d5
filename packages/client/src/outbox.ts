import { WildcastError } from '@wildcast/protocol'
import type { Undo } from './clock.js'

/** Something to send that can wait. */
export interface Letter {
  /** Sends it now; false where there is no way. */
  send(): boolean
  /** It will never be sent. */
  fail(error: WildcastError): void
}

/** What was said while offline, in order. */
export interface Outbox {
  /** Sends a letter, or keeps it until there is a way. Returns the undo for a kept one. */
  post(letter: Letter): Undo
  /** Sends what was kept. */
  flush(): void
  /** Gives up what was kept. */
  clear(error: WildcastError): void
}

/** Opens an outbox that keeps so many letters at most. */
export function openOutbox(bound: number): Outbox {
  const kept = new Set<Letter>()
  return {
    post(letter) {
      // Behind letters that wait, so that nothing overtakes.
      if (kept.size > 0 || !letter.send()) {
        if (kept.size < bound) kept.add(letter)
        else letter.fail(new WildcastError('rate_limited', `offline, and ${bound} messages wait already: try later`))
      }
      return () => kept.delete(letter)
    },
    flush() {
      for (const letter of kept) {
        if (!letter.send()) return
        kept.delete(letter)
      }
    },
    clear(error) {
      const letters = [...kept]
      kept.clear()
      for (const letter of letters) letter.fail(error)
    },
  }
}
