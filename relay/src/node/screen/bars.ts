const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const heights = '▁▂▃▄▅▆▇█'

/** A bar of `width` characters for the share 1, in eighths. More than nothing is shown. */
export function bar(share: number, width: number): string {
  const steps = share > 0 ? Math.max(1, Math.round(Math.min(share, 1) * width * 8)) : 0
  return '█'.repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? '')
}

/** A row of columns, one for each value, as high as its share of the highest one. */
export function columns(values: readonly number[]): string {
  const most = Math.max(...values, Number.MIN_VALUE)
  return values.map((value) => heights[Math.min(7, Math.floor((value / most) * 7.99))] ?? ' ').join('')
}
