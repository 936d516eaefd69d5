import type { ReactNode } from 'react'
import { usePage, type View, views } from '../page.js'
import { ConnectionBadge } from './connection-badge.js'
import { LineNotice } from './line-notice.js'
import { Name } from './name.js'
import { ThemeChoice } from './theme-choice.js'

/** The views, who I am, and the connection. */
export function Sidebar() {
  return (
    <aside className="flex flex-col gap-5 border-line border-b bg-panel p-3 md:border-r md:border-b-0 md:p-4">
      <header className="flex items-center gap-2.5 px-1">
        <img src="/icon.svg" alt="" className="size-7" />
        <h1 className="font-semibold tracking-tight">Wildcast</h1>
      </header>
      <nav aria-label="Views">
        <ul className="flex gap-0.5 md:flex-col">
          {views.map((view) => (
            <ViewLink key={view} view={view} />
          ))}
        </ul>
      </nav>
      <div className="mt-auto flex flex-col gap-4">
        <LineNotice />
        <Name />
        <div className="flex items-center justify-between gap-2">
          <ConnectionBadge />
          <ThemeChoice />
        </div>
      </div>
    </aside>
  )
}

const titles: Record<View, string> = { chat: 'Chat', dashboard: 'Dashboard', explorer: 'Explorer', faults: 'Faults' }

/** Paths of icons on a grid of 16, drawn by strokes. */
const icons: Record<View, ReactNode> = {
  chat: <path d="M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z" />,
  dashboard: <path d="M2 8.5h2.5l2-5 3 9.5 2-4.5H14" />,
  explorer: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3.5 3.5" />,
  faults: <path d="M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z" />,
}

function ViewLink({ view }: { readonly view: View }) {
  const open = usePage((page) => page.view)
  return (
    <li>
      <a
        href={`#/${view}`}
        aria-current={view === open ? 'page' : undefined}
        className="flex items-center gap-2.5 rounded-md px-2 py-1.5 text-quiet text-sm transition-colors
          hover:bg-raised hover:text-text aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-text"
      >
        <svg aria-hidden viewBox="0 0 16 16" className="size-4 fill-none stroke-current" strokeWidth={1.4}>
          {icons[view]}
        </svg>
        {titles[view]}
      </a>
    </li>
  )
}
