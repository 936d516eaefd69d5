import { lazy, Suspense } from 'react'
import { Chat } from './chat/chat.js'
import { ChatMemory } from './chat/use-chat.js'
import { usePage, type View } from './page.js'
import { Sidebar } from './shell/sidebar.js'
import { Loading } from './ui/empty.js'

/** Only the chat is part of the first load. */
const contents: Record<View, React.ComponentType> = {
  chat: Chat,
  dashboard: lazy(() => import('./dashboard/dashboard.js').then(({ Dashboard }) => ({ default: Dashboard }))),
  explorer: lazy(() => import('./explorer/explorer.js').then(({ Explorer }) => ({ default: Explorer }))),
  faults: lazy(() => import('./faults/faults.js').then(({ Faults }) => ({ default: Faults }))),
}

export function App() {
  const view = usePage((page) => page.view)
  const Content = contents[view]
  return (
    <div className="grid h-dvh grid-rows-[auto_1fr] md:grid-cols-[14rem_1fr] md:grid-rows-1">
      <ChatMemory />
      <Sidebar />
      <main className="flex min-h-0 min-w-0 flex-col">
        <Suspense fallback={<Loading />}>
          <Content />
        </Suspense>
      </main>
    </div>
  )
}
