interface SegmentedProps<Value> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string; readonly title?: string }[]
  readonly onChange: (value: Value) => void
}

/** One choice out of a few, all of them in sight. */
export function Segmented<Value extends string | number>({ label, value, options, onChange }: SegmentedProps<Value>) {
  return (
    <fieldset className="flex flex-wrap items-center gap-2">
      <legend className="sr-only">{label}</legend>
      <span aria-hidden className="text-quiet text-xs">
        {label}
      </span>
      <div className="flex rounded-lg border border-line bg-ink p-0.5">
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            title={option.title}
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
            className="min-h-6 rounded-md px-2 text-quiet text-xs tabular-nums transition-colors
              hover:text-text aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text
              touch:min-h-11 touch:min-w-11"
          >
            {option.label}
          </button>
        ))}
      </div>
    </fieldset>
  )
}
