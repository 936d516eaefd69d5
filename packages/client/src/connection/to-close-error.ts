import { finalCloseCodes, firstFinalCloseCode, WildcastError } from '@wildcast/protocol/client'

/**
 * Why a connection is over. Below the final codes all that matters is that what was in flight is
 * lost.
 */
export function toCloseError(code: number, reason: string): WildcastError {
  return new WildcastError(finalCloseCodes[code] ?? 'interrupted', reason || `the connection was lost (${code})`, {
    retry: code < firstFinalCloseCode,
  })
}
