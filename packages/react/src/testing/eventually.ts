import { vi } from 'vitest'

/**
 * Waits until a check holds. The limit is generous, since machines are shared: it only ends a check
 * that never will.
 */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 50_000 })
}
