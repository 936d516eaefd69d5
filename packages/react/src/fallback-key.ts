import type { JsonValue } from '@wildcast/client'

/** The options that decide what a hook reads. */
export interface FallbackOptions {
  readonly broker?: string | undefined
  readonly filter?: JsonValue | undefined
  readonly limit?: number | undefined
}

/** Returns the key of what a hook reads. */
export function fallbackKey(kind: 'values' | 'history', pattern: string, options: FallbackOptions): string {
  const { broker, filter, limit } = options
  return JSON.stringify([kind, pattern, broker, filter, limit])
}
