import type { StoredValue } from '../../core/store.js'
import { splitBeside, withBeside } from '../../stores/beside-header.js'
import { headersIn } from './headers.js'

/** The headers and the user of a value, and the facts beside its payload. */
export type About = Pick<StoredValue, 'headers' | 'user' | 'beside'>

/** Returns the JSON text of these, empty if a value has no such field. */
export function aboutText({ headers: sent, user, beside }: About): string {
  const headers = withBeside(sent, beside)
  return headers?.length || user !== undefined ? JSON.stringify({ headers, user }) : ''
}

/** Parses the text. A program without Wildcast may have written it. */
export function aboutOf(text: string): About {
  const { headers, user } = objectOf(text)
  const pairs = Array.isArray(headers) ? headers.filter(isPair) : []
  const sent = splitBeside(pairs)
  return {
    ...(sent.headers.length > 0 && { headers: headersIn(sent.headers)?.headers }),
    ...(typeof user === 'string' && { user }),
    ...(sent.beside && { beside: sent.beside }),
  }
}

function objectOf(text: string): { readonly headers?: unknown; readonly user?: unknown } {
  if (text === '') return {}
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function isPair(header: unknown): header is readonly [name: string, value: string] {
  return Array.isArray(header) && header.length === 2 && header.every((part) => typeof part === 'string')
}
