import { WildcastError } from '@wildcast/protocol'

/**
 * The broker that a URL asks for with `?broker=`; undefined for the default one.
 * @throws {WildcastError} `invalid_frame` where it is named twice: nobody could say which one
 * counts
 */
export function brokerOfUrl(url: string): string | undefined {
  const query = url.indexOf('?')
  const named = query < 0 ? [] : new URLSearchParams(url.slice(query)).getAll('broker')
  if (named.length > 1) throw new WildcastError('invalid_frame', 'the URL names two brokers; name one')
  return named[0]
}
