import { type JsonValue, parseJson, readOptionalJson, WildcastError } from '@wildcast/protocol'

/**
 * Returns the filter that a URL asks for with `?filter=`, as JSON; undefined without one.
 * @throws {WildcastError} `invalid_frame` if it is not JSON, or set twice
 */
export function filterOfUrl(url: string): JsonValue | undefined {
  const query = url.indexOf('?')
  const [text, ...more] = query < 0 ? [] : new URLSearchParams(url.slice(query)).getAll('filter')
  if (text === undefined) return undefined
  if (more.length > 0) throw new WildcastError('invalid_frame', 'the URL has two filters; leave one out')
  try {
    return readOptionalJson({ filter: parseJson(text) }, 'filter')
  } catch (cause) {
    const why = '"filter" must be JSON, percent-encoded, such as %7B%22type%22%3A%22post%22%7D'
    throw new WildcastError('invalid_frame', why, { cause })
  }
}
