import { finalCloseCodes, firstFinalCloseCode, WildcastError } from '@wildcast/protocol/client'

/** The close code after the token has expired. */
export const tokenExpiredCode = 4440

/**
 * Converts a close code and reason to an error. Other codes below the final ones all mean
 * `interrupted`.
 */
export function toCloseError(code: number, reason: string): WildcastError {
  const name = code === tokenExpiredCode ? 'token_expired' : (finalCloseCodes[code] ?? 'interrupted')
  return new WildcastError(name, reason.replace(`${name}: `, '') || `the connection was lost (${code})`, {
    retry: code < firstFinalCloseCode,
  })
}
