import { lazy, Suspense, useEffect } from 'react'
import { AccountDialog, AccountTrouble } from './account/account-control.js'
import { Chat } from './chat/chat.js'
import { ChatFeeds } from './chat/chat-feeds.js'
import { useUnreadTotal } from './chat/use-rooms.js'
import { usePage, type View } from './page.js'
import { Drawer } from './shell/drawer.js'
import { Sidebar } from './shell/sidebar.js'
import { SkipLink } from './shell/skip-link.js'
import { Loading } from './ui/empty.js'
import { useIsWide } from './ui/use-media.js'

/** Only the chat is part of the first load. */
const contents: Record<View, React.ComponentType> = {
  chat: Chat,
  dashboard: lazy(() => import('./dashboard/dashboard.js').then(({ Dashboard }) => ({ default: Dashboard }))),
  explorer: lazy(() => import('./explorer/explorer.js').then(({ Explorer }) => ({ default: Explorer }))),
  faults: lazy(() => import('./faults/faults.js').then(({ Faults }) => ({ default: Faults }))),
}

/** Loaded after the page: nothing waits for it. */
const Enter = lazy(() => import('./here/enter.js').then(({ Enter }) => ({ default: Enter })))

export function App() {
  const view = usePage((page) => page.view)
  const isWide = useIsWide()
  const Content = contents[view]
  return (
    <div className="flex h-dvh">
      <SkipLink />
      <Title />
      <ChatFeeds />
      <Suspense fallback={null}>
        <Enter />
      </Suspense>
      {isWide ? <Sidebar /> : <Drawer />}
      <main id="content" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <h1 className="sr-only">Wildcast</h1>
        <AccountTrouble />
        <Suspense fallback={<Loading />}>
          <Content />
        </Suspense>
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
