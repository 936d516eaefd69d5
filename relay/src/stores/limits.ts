import { WildcastError } from '@wildcast/protocol'

/** How much a store keeps. Beyond that, a write fails with `storage_full`. */
export interface StoreLimits {
  /** The number of values. @default 100,000 */
  readonly values: number
  /** The bytes of their subjects, payloads, headers and wills. @default 256 MiB */
  readonly bytes: number
}

export const defaultStoreLimits: StoreLimits = { values: 100_000, bytes: 256 * 1024 * 1024 }

/** Returns the error of a write beyond a limit. The old value, if there is one, stays. */
export function storageFull(limit: keyof StoreLimits, most: number): WildcastError {
  return new WildcastError(
    'storage_full',
    `the store keeps at most ${most} ${limit}: delete values, write them with a ttl, or raise "${limit}" of the store`,
  )
}
