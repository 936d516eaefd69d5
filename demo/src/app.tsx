import { useSubscription } from '@wildcast/react'
import { Chat } from './chat.js'
import { useRooms } from './rooms.js'
import { Sidebar } from './sidebar.js'
import { usePage } from './store.js'
import { Wire } from './wire.js'

/** One subscription to every room feeds the whole page. */
export function App() {
  const view = usePage((page) => page.view)
  const broker = usePage((page) => page.broker)
  const feed = useSubscription('good.*', { keep: 500, broker })
  return (
    <div className="grid h-dvh grid-rows-[auto_1fr] md:grid-cols-[17rem_1fr] md:grid-rows-1">
      <Sidebar rooms={useRooms(feed.items)} />
      <main className="flex min-h-0 min-w-0 flex-col">
        {view === 'chat' ? <Chat feed={feed} /> : <Wire feed={feed} />}
      </main>
    </div>
  )
}
