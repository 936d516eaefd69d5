/**
 * The subject that a pattern becomes when each `*` is filled.
 * @throws {TypeError} where there is not one segment for each `*`, or where another wildcard is left
 * @example fill('room.*.msg', ['42']) // 'room.42.msg'
 */
export function fill(pattern: string, params: readonly string[]): string {
  const left = [...params]
  const segments = pattern.split('.').map((segment) => (segment === '*' ? left.shift() : segment))
  if (left.length > 0 || segments.some((segment) => !segment || /[.*>#]/.test(segment)))
    throw new TypeError(
      `"${pattern}" can't be published to with ${JSON.stringify(params)}: give one segment for each "*"`,
    )
  return segments.join('.')
}
