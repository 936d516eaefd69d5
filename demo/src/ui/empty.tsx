import { type ReactNode, useState } from 'react'
import { Icon, type IconName } from './icon.js'

interface EmptyProps {
  readonly title: string
  readonly icon?: IconName
  readonly children?: ReactNode
}

/** Fills a view or a panel that has nothing to show yet. */
export function Empty({ title, icon, children }: EmptyProps) {
  return (
    <div className="m-auto flex w-full max-w-lg flex-col items-center gap-2 p-6 text-center">
      {icon && (
        <span className="mb-2 grid size-12 place-items-center rounded-xl border border-line bg-panel text-brand">
          <Icon name={icon} className="size-5" />
        </span>
      )}
      <p className="font-semibold tracking-tight">{title}</p>
      <div className="w-full text-pretty text-quiet text-sm">{children}</div>
    </div>
  )
}

interface CurlHintProps {
  readonly subject: string
  /** Needed if it isn't the relay's default. */
  readonly broker?: string | undefined
}

/** A command that publishes to this page. */
export function CurlHint({ subject, broker }: CurlHintProps) {
  const query = broker ? `?broker=${encodeURIComponent(broker)}` : ''
  const command = `curl -d hi '${location.origin}/publish/${encodeURIComponent(subject)}${query}'`
  return (
    <span className="mt-4 flex items-center gap-1 rounded-xl border border-line bg-panel py-1 pr-1 pl-3">
      <code data-varies className="min-w-0 flex-1 break-all py-1.5 text-left font-mono text-text text-xs">
        {command}
      </code>
      <CopyButton text={command} />
    </span>
  )
}

/** Copies a text to the clipboard, which a page without HTTPS doesn't have. */
export function CopyButton({ text }: { readonly text: string }) {
  const [isDone, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
    } catch {
      setDone(false)
    }
  }
  return (
    <button
      type="button"
      aria-label={isDone ? 'Copied' : 'Copy'}
      title={isDone ? 'Copied' : 'Copy'}
      onClick={() => void copy()}
      className="grid size-8 shrink-0 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
        hover:text-text touch:size-11"
    >
      <Icon name={isDone ? 'check' : 'copy'} />
    </button>
  )
}
