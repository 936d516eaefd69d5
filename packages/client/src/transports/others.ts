import type { ClientOptions } from '../options.js'
import { classic } from './classic.js'
import { fallback } from './fallback.js'
import type { OpenTransport } from './transport.js'

/** What most pages never need, loaded when it is. */
export function other(dialect: ClientOptions['dialect']): OpenTransport {
  return dialect === 'classic' ? classic : fallback
}
