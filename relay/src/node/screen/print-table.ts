/** Rows under the names of their columns, as text for a terminal. */
export function tableOf(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const cells = [
    columns.map((column) => column.toUpperCase()),
    ...rows.map((row) => columns.map((column) => printable(row[column]))),
  ]
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()
        .concat('\n'),
    )
    .join('')
}

/** Without control characters, which a terminal would obey. */
function printable(value: unknown): string {
  if (value === undefined) return '-'
  return (value === true ? 'yes' : String(value)).replace(/\p{C}/gu, '?')
}
