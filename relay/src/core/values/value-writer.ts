import type { Soon, StoredValue, Written } from '../store.js'
import { type Condition, ifRevisionOf, JudgedValue } from './condition.js'

/** How often a value is judged again if another write comes between. */
const mostTries = 10

/** Access to the value of one subject. */
export interface ValueAccess {
  read(): Soon<StoredValue | undefined>
  /** Writes on a condition that the store knows: see `ValueWrite.ifRevision`. */
  write(ifRevision: string | null | undefined): Soon<Written>
  /**
   * Returns the outcome of an earlier write with the same key, or `refused`. Absent without a key.
   */
  repeat?: (() => Soon<Written>) | undefined
}

/**
 * Writes a value on a condition. The store decides on those that it knows; JSON is judged here, and
 * the value written on the revision that it was judged by. Without JSON, writes in this turn.
 */
export function writeOn(condition: Condition | undefined, { read, write, repeat }: ValueAccess): Soon<Written> {
  if (condition?.kind !== 'json') return write(ifRevisionOf(condition))
  return (async () => {
    for (let tries = 1; ; tries++) {
      const judged = new JudgedValue(await read())
      const { revision } = judged
      // A value that does not exist contains nothing.
      if (revision === undefined || !judged.meets(condition))
        return repeat ? await repeat() : { kind: 'refused', revision }
      const written = await write(revision)
      if (written.kind !== 'refused' || tries === mostTries) return written
    }
  })()
}
