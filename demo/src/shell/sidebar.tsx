import { AccountControl } from '../account/account-control.js'
import { RoomList } from '../chat/room-list.js'
import { usePage, type View, views } from '../page.js'
import { TourButton } from '../tour/tour-slot.js'
import { Icon } from '../ui/icon.js'
import { onDemand } from '../ui/on-demand.js'
import { ConnectionBadge } from './connection-badge.js'
import { LineNotice } from './line-notice.js'

const ThemeChoice = onDemand(
  async () => (await import('./theme-choice.js')).ThemeChoice,
  () => <div className="h-7 touch:h-12" />,
)

/** The sidebar of a wide screen. */
export function Sidebar() {
  return (
    <aside aria-label="Menu" className="w-60 shrink-0 border-line border-r bg-panel">
      <SidebarContent />
    </aside>
  )
}

/** The views, the rooms of the chat, who I am, and the connection. */
export function SidebarContent({ onChoose }: { readonly onChoose?: () => void }) {
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-14 items-center gap-2 px-4">
        <img src="/icon.svg" alt="" className="size-7" />
        <p className="font-semibold tracking-tight">Wildcast</p>
        <TourButton onChoose={onChoose} />
        {onChoose && (
          <button
            type="button"
            aria-label="Close the menu"
            onClick={onChoose}
            className="-mr-2 grid size-11 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
              hover:text-text"
          >
            <Icon name="close" />
          </button>
        )}
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-3 py-2">
        <nav aria-label="Views">
          <ul className="flex flex-col gap-0.5">
            {views.map((view) => (
              <ViewLink key={view} view={view} onChoose={onChoose} />
            ))}
          </ul>
        </nav>
        <RoomList onChoose={onChoose} />
      </div>
      <footer className="flex flex-col gap-3 border-line border-t p-4">
        <LineNotice />
        <AccountControl />
        <div className="flex items-center justify-between gap-2">
          {onChoose ? <span className="text-quiet text-xs">Theme</span> : <ConnectionBadge />}
          <ThemeChoice />
        </div>
      </footer>
    </div>
  )
}

const titles: Record<View, string> = { chat: 'Chat', dashboard: 'Dashboard', explorer: 'Explorer', faults: 'Faults' }

function ViewLink({ view, onChoose }: { readonly view: View; readonly onChoose?: (() => void) | undefined }) {
  const open = usePage((page) => page.view)
  return (
    <li>
      <a
        href={`#/${view}`}
        onClick={onChoose}
        aria-current={view === open ? 'page' : undefined}
        className="flex min-h-8 items-center gap-2 rounded-lg px-2 text-quiet text-sm transition-colors
          hover:bg-raised hover:text-text aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-text
          touch:min-h-11"
      >
        <Icon name={view} />
        {titles[view]}
      </a>
    </li>
  )
}
