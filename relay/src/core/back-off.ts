/** The waits between tries. */
export interface BackOff {
  /** The first wait; it doubles with each failure. */
  readonly firstMs: number
  readonly longestMs: number
}

/** Returns how long to wait after this many failures, from 0 on. The caller adds the jitter. */
export function backOffMs({ firstMs, longestMs }: BackOff, failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** failures)
}
