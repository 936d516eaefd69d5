/** The colors of lines, as variables of styles.css. */
export const lineColors = ['--s1', '--s2', '--s3', '--s4', '--s5', '--s6'] as const

/** The color of a broker on the map and in charts. */
export function brokerColor(name: string): string {
  return ['redis', 'nats', 'mqtt'].includes(name) ? `--${name}` : '--memory'
}

/** A color as the canvas takes it: the value of a variable in the present theme. */
export function resolveColor(variable: string, alpha = 1): string {
  const probe = document.createElement('span')
  probe.style.color = `color-mix(in srgb, var(${variable}) ${alpha * 100}%, transparent)`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** The color of a line by its number. */
export function lineColor(number: number): string {
  return lineColors[number % lineColors.length] ?? lineColors[0]
}
