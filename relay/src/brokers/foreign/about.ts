import type { StoredValue } from '../../core/store.js'
import { headersIn } from './headers.js'

/** The headers and the user of a value. */
export type About = Pick<StoredValue, 'headers' | 'user'>

/** Returns the JSON text of headers and a user, empty if there is neither. */
export function aboutText({ headers, user }: About): string {
  return headers?.length || user !== undefined ? JSON.stringify({ headers, user }) : ''
}

/** Parses the text. A program without Wildcast may have written it. */
export function aboutOf(text: string): About {
  const { headers, user } = objectOf(text)
  const pairs = Array.isArray(headers) ? headers.filter(isPair) : []
  return { ...(pairs.length > 0 && { headers: headersIn(pairs)?.headers }), ...(typeof user === 'string' && { user }) }
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
