const counts = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** Such as `1.23K`. */
export const short = (value: number): string =>
  counts.format(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))

/** Such as `1.2 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let unit = 0
  let rest = value
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000
    unit++
  }
  return `${rest < 10 && unit > 0 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}`
}

/** Such as `4.2 ms`, `120 ms` or `1.5 s`. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms > 0 && ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
}

/** The time of day with tenths of a second. */
export function timeOf(ms: number): string {
  return `${clock.format(ms)}.${Math.floor((ms % 1000) / 100)}`
}
