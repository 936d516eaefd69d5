import type { ReactNode } from 'react'
import { useIsWide } from '../ui/use-media.js'
import { ConnectionBadge } from './connection-badge.js'
import { MenuButton } from './menu-button.js'

interface ViewHeaderProps {
  /** Empty while the view is loaded: then there is no heading. */
  readonly title: ReactNode
  /** A sentence beside the title, if there is room for it. */
  readonly note?: ReactNode
  /** Controls at the right. */
  readonly children?: ReactNode
}

/** The top of a view. On a narrow screen it also has the menu and the connection. */
export function ViewHeader({ title, note, children }: ViewHeaderProps) {
  const isWide = useIsWide()
  return (
    <header
      className="flex min-h-14 shrink-0 items-center gap-2 border-line border-b bg-panel px-2 py-1.5 md:gap-3
        md:px-6"
    >
      {!isWide && <MenuButton />}
      {title !== '' && <h2 className="min-w-0 truncate font-semibold tracking-tight">{title}</h2>}
      {note && <p className="hidden min-w-0 truncate text-quiet text-sm lg:block">{note}</p>}
      <div className="ml-auto flex shrink-0 items-center gap-2">
        {children}
        {!isWide && <ConnectionBadge isSmall />}
      </div>
    </header>
  )
}
