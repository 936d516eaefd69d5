import type { ReactNode } from 'react'
import { usePage } from '../page.js'

/** Fills a view or a panel that has nothing to show yet. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-3 p-8 text-center">
      <p className="font-medium">{title}</p>
      <div className="text-quiet text-sm leading-relaxed">{children}</div>
    </div>
  )
}

/** Shown while the code of a view is loaded. */
export function Loading() {
  return <p className="m-auto animate-pulse text-quiet text-sm">Loading…</p>
}

/** A command that publishes to this page. */
export function CurlHint({ subject }: { readonly subject: string }) {
  const broker = usePage((page) => page.broker)
  return (
    <code
      className="mt-3 block rounded-lg border border-line bg-panel px-4 py-2.5 text-left font-mono
      text-brand text-xs"
    >
      curl -X POST --data hi {location.origin}/publish/{subject}
      {broker && `?broker=${broker}`}
    </code>
  )
}
