/**
 * Checks an option that is a number; Infinity is one.
 * @throws {TypeError} if it is no number
 * @throws {RangeError} if it is NaN or out of `range`
 */
export function checkNumber(name: string, value: number, range: 'above 0' | 'from 0' = 'above 0'): number {
  if (value > 0 && typeof value === 'number') return value
  if (value === 0 && range === 'from 0') return 0
  const Refusal = typeof value === 'number' ? RangeError : TypeError
  throw new Refusal(`${name} must be a number ${range}, not ${String(value)}`)
}
