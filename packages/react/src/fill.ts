import { WildcastError } from '@wildcast/client'

/**
 * Returns the subject that a pattern becomes when each `*` is filled.
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

/**
 * The type of the params that fill a pattern: one for each `*`, and none for any other wildcard. If
 * the compiler does not know a segment, it does not know the number of params either.
 * `FillParams<'room.*.msg.*'>` is `readonly [string, string]`.
 */
export type FillParams<Pattern extends string> = string extends Pattern
  ? readonly string[]
  : readonly [...ParamsOf<Pattern, []>]

/** With an accumulator, so that long patterns stay within the compiler's depth. */
type ParamsOf<Rest extends string, Found extends string[]> = Rest extends `${infer Segment}.${infer More}`
  ? ParamsOf<More, [...Found, ...ParamOf<Segment>]>
  : [...Found, ...ParamOf<Rest>]

/** A segment of unknown text may hold any number of `*`. */
type ParamOf<Segment extends string> = Segment extends '*'
  ? [string]
  : Record<never, never> extends Record<Segment, 1>
    ? string[]
    : []
