import type { ReactNode } from 'react'

interface PanelProps {
  readonly title: string
  /** The origin of the data, in a few words. */
  readonly note?: ReactNode
  /** Controls or states at the right of the title. */
  readonly aside?: ReactNode
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A framed part of a view, with a title. */
export function Panel({ title, note, aside, className = '', children }: PanelProps) {
  return (
    <section
      aria-label={title}
      className={`flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-panel p-4 ${className}`}
    >
      <header className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <h3 className="font-medium text-sm">{title}</h3>
        {note && <p className="text-quiet text-xs">{note}</p>}
        {aside && <div className="ml-auto">{aside}</div>}
      </header>
      {children}
    </section>
  )
}
