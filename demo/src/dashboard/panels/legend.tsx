import { useTick } from '../use-tick.js'

export interface LegendEntry {
  readonly name: string
  /** A CSS variable. */
  readonly color: string
  readonly value: string
}

/** The names and present values of the lines of a chart. */
export function Legend({ entries }: { readonly entries: () => readonly LegendEntry[] }) {
  useTick(500)
  return (
    <ul className="flex min-h-4 flex-wrap gap-x-4 gap-y-1 text-xs">
      {entries().map(({ name, color, value }) => (
        <li key={name} className="flex min-w-0 items-center gap-1.5">
          <span className="h-0.5 w-2.5 shrink-0 rounded-full" style={{ background: `var(${color})` }} />
          <span className="truncate text-quiet">{name}</span>
          <span className="tabular-nums">{value}</span>
        </li>
      ))}
    </ul>
  )
}
