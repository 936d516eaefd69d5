/** The middle of what is a number; undefined where nothing is. @param {readonly (number | null | undefined)[]} values */
export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : sorted.length
      ? (sorted[middle - 1] + sorted[middle]) / 2
      : undefined
}
