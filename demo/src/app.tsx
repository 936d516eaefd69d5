import { useEffect } from 'react'
import { AccountDialog, AccountTrouble } from './account/account-control.js'
import { Chat } from './chat/chat.js'
import { ChatFeeds } from './chat/chat-feeds.js'
import { useUnreadTotal } from './chat/use-rooms.js'
import { usePage, type View } from './page.js'
import { Sidebar } from './shell/sidebar.js'
import { SkipLink } from './shell/skip-link.js'
import { TourSlot } from './tour/tour-slot.js'
import { Loading } from './ui/loading.js'
import { onDemand } from './ui/on-demand.js'
import { useIsWide } from './ui/use-media.js'

const loading = (hasFailed: boolean) => <Loading hasFailed={hasFailed} />

/** Only the chat is part of the first load. */
const contents: Record<View, React.ComponentType> = {
  chat: Chat,
  dashboard: onDemand(async () => (await import('./dashboard/dashboard.js')).Dashboard, loading),
  explorer: onDemand(async () => (await import('./explorer/explorer.js')).Explorer, loading),
  faults: onDemand(async () => (await import('./faults/faults.js')).Faults, loading),
}

/** Loaded after the page: nothing waits for it. */
const Enter = onDemand(async () => (await import('./here/enter.js')).Enter)

/** Loaded by a page whose URL names what is not here. */
const UrlNotice = onDemand(async () => (await import('./shell/url-notice.js')).UrlNotice)

/** Loaded while the menu is closed. */
const Drawer = onDemand(async () => (await import('./shell/drawer.js')).Drawer)

export function App() {
  const view = usePage((page) => page.view)
  const isStrange = usePage(({ missing }) => missing !== undefined)
  const isWide = useIsWide()
  const Content = contents[view]
  return (
    <div className="flex h-dvh">
      <SkipLink />
      <Title />
      <ChatFeeds />
      <Enter />
      {isWide ? <Sidebar /> : <Drawer />}
      <main id="content" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <h1 className="sr-only">Wildcast</h1>
        <TourSlot />
        <AccountTrouble />
        {isStrange && <UrlNotice />}
        <Content />
      </main>
      <AccountDialog />
    </div>
  )
}

/** The title of the tab, with the number of unread messages. */
function Title() {
  const view = usePage((page) => page.view)
  const unread = useUnreadTotal()
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}Wildcast: ${view}`
  }, [view, unread])
  return null
}
