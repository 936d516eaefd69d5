/**
 * Checks a numeric option. Infinity is allowed.
 * @throws {TypeError} if it isn't a number
 * @throws {RangeError} if it is NaN or out of `range`
 */
export function checkNumber(name: string, value: number, range: 'above 0' | 'from 0' = 'above 0'): number {
  const message = `${name} must be a number ${range}, not ${String(value)}`
  if (typeof value !== 'number') throw new TypeError(message)
  if (value > 0 || (value === 0 && range !== 'above 0')) return value
  throw new RangeError(message)
}
