import { intersecting } from '@wildcast/protocol/subjects'
import type { ContractEntry } from './contract-entry.js'
import { contractKinds } from './definition.js'

/**
 * Refuses two entries that can match one subject, and have different schemas for one kind: the type
 * of its data would not be known.
 * @throws {TypeError} which names both entries and the remedy
 */
export function refuseOverlaps(entries: readonly ContractEntry[]): void {
  for (const [i, one] of entries.entries()) {
    const intersects = intersecting(one.pattern)
    for (const other of entries.slice(i + 1)) {
      const kind = contractKinds.find((kind) => one[kind] && other[kind] && one[kind] !== other[kind])
      if (kind === undefined || !intersects(other.pattern)) continue
      throw new TypeError(
        `the contract's entries "${one.key}" and "${other.key}" can match one subject, but have different schemas ` +
          `for ${kind}; give both the same schema object, or change one of the patterns`,
      )
    }
  }
}
