import { median } from './median.js'

const columns = {
  'frames/s': ['fps', 1],
  dropped: ['dropped', 0],
  'p99 ms': ['p99', 1],
  'longest task ms': ['longest', 0],
  'cpu us a message': ['messageUs', 1],
  'cpu ms a frame': ['frameMs', 1],
  'late ms': ['late', 0],
}

/**
 * Prints a row for each variant of a page: medians of its visits, and sums of messages. Each visit
 * with messages expects `total`.
 */
export function printFrames(variants, total) {
  const names = [...Object.keys(columns), 'messages', 'lost or out of order']
  const row = (name, cells) => console.log(name.padEnd(7), ...cells.map((cell, i) => cell.padStart(names[i].length)))
  row('', names)
  for (const [variant, visits] of Object.entries(variants)) {
    const sum = (field) => visits.reduce((all, visit) => all + visit[field], 0)
    const missing = variant === 'idle' ? 0 : total * visits.length - sum('got') + sum('wrong')
    const medians = Object.values(columns).map(
      ([field, digits]) => median(visits.map((visit) => visit[field]))?.toFixed(digits) ?? '–',
    )
    row(variant, [...medians, `${sum('got')}`, `${missing}`])
  }
  console.log()
}
