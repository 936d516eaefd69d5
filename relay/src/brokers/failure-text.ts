import { type Failure, headersFit, limits, type Payload, payloadText } from '@wildcast/protocol'

/** JSON writes a control character as six characters; the names of both fields come on top. */
const longestText = 6 * limits.headerBytes + 64

/** Writes a failed answer as text, for brokers that carry nothing but a payload. */
export function failureText({ code, message }: Failure): string {
  return JSON.stringify({ code, message })
}

/**
 * Reads the text of `failureText`. Returns undefined for another form, and for an error that is
 * longer than a client may send.
 */
export function failureOfText(payload: Payload): Failure | undefined {
  if (payload.length > longestText) return undefined
  try {
    const read = JSON.parse(payloadText(payload) ?? '') as Partial<Record<keyof Failure, unknown>> | null
    const { code, message = '' } = read ?? {}
    if (typeof code !== 'string' || typeof message !== 'string') return undefined
    return headersFit({ error: { code, message } }) ? { code, message } : undefined
  } catch {
    return undefined // the caller counts it: a message of another form is no error of this relay
  }
}
