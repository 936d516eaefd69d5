// The formats of the first load.

const whole = new Intl.NumberFormat('en')

/** Such as `12,345`. */
export const exact = (value: number): string => whole.format(Math.round(value))

const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** The time of day, such as `09:41`. */
export const minuteOf = (ms: number): string => minutes.format(ms)

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** The time of day, and the date if it isn't today: such as `09:41` or `3 May, 09:41`. */
export function momentOf(ms: number): string {
  const day = days.format(ms)
  return day === days.format(Date.now()) ? minuteOf(ms) : `${day}, ${minuteOf(ms)}`
}
