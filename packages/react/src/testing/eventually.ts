import { vi } from 'vitest'

/**
 * Waits until a check passes. The timeout is long, since machines are shared: it only ends a check
 * that never passes.
 */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 50_000 })
}
