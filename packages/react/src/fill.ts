import { WildcastError } from '@wildcast/client'

/**
 * The subject that a pattern becomes when each `*` is filled.
 * @throws {WildcastError} `invalid_subject` if there is not one segment for each `*`, or another
 * wildcard is left
 * @example fill('room.*.msg', ['42']) // 'room.42.msg'
 */
export function fill(pattern: string, params: readonly string[]): string {
  const left = Array.isArray(params) ? [...params] : []
  const segments = pattern.split('.').map((segment) => (segment === '*' ? left.shift() : segment))
  if (left.length > 0 || segments.some((segment) => !segment || /[.*>#]/.test(segment)))
    throw new WildcastError(
      'invalid_subject',
      `"${pattern}" can't be filled with (${params}): give one segment for each "*", without a dot or wildcard`,
    )
  return segments.join('.')
}
