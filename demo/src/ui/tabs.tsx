import type { KeyboardEvent } from 'react'

interface TabsProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string; readonly count?: number }[]
  readonly onChange: (value: Value) => void
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/** The id of the panel that a tab shows. */
export const panelId = (value: string): string => `panel-${value}`

/** Shows one of several panels. The arrow keys move between the tabs. */
export function Tabs<Value extends string>({ label, value, options, onChange }: TabsProps<Value>) {
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = options.findIndex((option) => option.value === value)
    const next = (at + step + options.length) % options.length
    onChange(options[next]?.value ?? value)
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div role="tablist" aria-label={label} onKeyDown={move} className="flex rounded-lg bg-raised p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="tab"
          aria-selected={option.value === value}
          aria-controls={option.value === value ? panelId(option.value) : undefined}
          tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)}
          className="flex h-8 flex-1 items-center justify-center gap-1.5 rounded-md px-2 text-quiet text-sm
            transition-colors hover:text-text aria-selected:bg-panel aria-selected:font-medium aria-selected:text-text
            aria-selected:shadow-sm touch:h-11"
        >
          {option.label}
          {option.count !== undefined && option.count > 0 && (
            <span className="rounded-full bg-brand/15 px-1.5 text-micro text-brand">{option.count}</span>
          )}
        </button>
      ))}
    </div>
  )
}
