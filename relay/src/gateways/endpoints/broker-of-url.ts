import { WildcastError } from '@wildcast/protocol'

/**
 * Returns the broker that a URL selects with `?broker=`; undefined for the default one.
 * @throws {WildcastError} `invalid_frame` if it is set twice, which would be ambiguous
 */
export function brokerOfUrl(url: string): string | undefined {
  const query = url.indexOf('?')
  const named = query < 0 ? [] : new URLSearchParams(url.slice(query)).getAll('broker')
  if (named.length > 1) throw new WildcastError('invalid_frame', 'the URL names two brokers; name one')
  return named[0]
}
