import { finalCloseCodes, firstFinalCloseCode, WildcastError } from '@wildcast/protocol/client'

/**
 * Converts a close code and reason to an error. Codes below the final ones all mean `interrupted`.
 */
export function toCloseError(code: number, reason: string): WildcastError {
  return new WildcastError(finalCloseCodes[code] ?? 'interrupted', reason || `the connection was lost (${code})`, {
    retry: code < firstFinalCloseCode,
  })
}
