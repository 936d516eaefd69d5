/** A number for a person: three digits count, and thousands have a letter. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-'
  for (const [size, letter] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ] as const)
    if (Math.abs(value) >= size) return `${threeDigits(value / (letter === 'k' ? 1000 : size))}${letter}`
  return threeDigits(value)
}

function threeDigits(value: number): string {
  const digits = value === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** A time for a person. */
export function shortTime(ms: number): string {
  return ms >= 1000 ? `${shortNumber(ms / 1000)} s` : `${shortNumber(ms)} ms`
}

/** A number of bytes for a person. */
export function shortBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '-'
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)))
  return `${threeDigits(bytes / 1024 ** power)} ${units[power]}`
}
