interface BarProps {
  readonly label: string
  /** The text at its end. */
  readonly value: string
  /** How much of the bar is full, of 1. */
  readonly share: number
  /** A CSS variable. */
  readonly color: string
}

/** A rate with its label, in comparison to others. */
export function Bar({ label, value, share, color }: BarProps) {
  return (
    <div className="grid grid-cols-[4.5rem_1fr_4rem] items-center gap-3 text-xs">
      <span className="text-quiet">{label}</span>
      <span className="h-2 overflow-hidden rounded-full bg-raised">
        <span
          className="block h-full origin-left rounded-full transition-transform duration-slow"
          style={{ background: `var(${color})`, transform: `scaleX(${share})` }}
        />
      </span>
      <span className="text-right tabular-nums">{value}</span>
    </div>
  )
}
