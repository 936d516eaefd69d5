import { type FormEvent, useState } from 'react'
import { Brokers } from './brokers.js'
import { ConnectionBadge } from './connection-badge.js'
import type { Room } from './rooms.js'
import { isRoomName, usePage } from './store.js'

export function Sidebar({ rooms }: { readonly rooms: readonly Room[] }) {
  return (
    <aside className="flex flex-col gap-5 border-line border-b bg-panel p-4 md:border-r md:border-b-0 md:p-5">
      <header className="flex items-center gap-3">
        <img src="/icon.svg" alt="" className="size-9" />
        <div className="leading-tight">
          <h1 className="font-semibold text-lg tracking-tight">Wildcast</h1>
          <p className="text-quiet text-xs">your brokers, in the browser</p>
        </div>
      </header>
      <Views />
      <Rooms rooms={rooms} />
      <Brokers />
      <div className="mt-auto flex flex-col gap-3">
        <Name />
        <ConnectionBadge />
      </div>
    </aside>
  )
}

function Views() {
  const { view, show } = usePage()
  return (
    <nav className="grid grid-cols-2 gap-1 rounded-lg bg-ink p-1 text-sm" aria-label="Views">
      {(['chat', 'wire'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={view === each}
          onClick={() => show(each)}
          className="rounded-md px-3 py-1.5 text-quiet capitalize transition-colors hover:text-text aria-pressed:bg-raised aria-pressed:text-text"
        >
          {each}
        </button>
      ))}
    </nav>
  )
}

function Rooms({ rooms }: { readonly rooms: readonly Room[] }) {
  const { room, view, enter } = usePage()
  return (
    <section className="flex min-h-0 flex-col gap-2">
      <h2 className="font-medium text-quiet text-xs uppercase tracking-wider">Rooms</h2>
      <ul className="flex gap-1 overflow-auto md:flex-col">
        {rooms.map(({ name, unread }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={view === 'chat' && room === name ? 'page' : undefined}
              onClick={() => enter(name)}
              className="flex w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-left font-mono text-sm text-quiet transition-colors hover:bg-raised hover:text-text aria-[current]:bg-raised aria-[current]:text-text"
            >
              <span>
                <span className="opacity-50">good.</span>
                {name}
              </span>
              {unread > 0 && (
                <span className="ml-auto rounded-full bg-brand-deep px-1.5 font-sans font-semibold text-ink text-xs">
                  {unread}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <NewRoom />
    </section>
  )
}

function NewRoom() {
  const enter = usePage((page) => page.enter)
  const [name, setName] = useState('')
  const fits = name === '' || isRoomName(name)
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (!isRoomName(name)) return
    enter(name)
    setName('')
  }
  return (
    <form onSubmit={open}>
      <input
        value={name}
        onChange={(event) => setName(event.target.value)}
        placeholder="new room"
        aria-label="New room"
        aria-invalid={!fits}
        title={fits ? undefined : 'A room is one segment of a subject: no spaces, dots or wildcards'}
        className="w-full rounded-md border border-line border-dashed bg-transparent px-2.5 py-1.5 font-mono text-sm placeholder:text-quiet/60 aria-invalid:border-bad"
      />
    </form>
  )
}

function Name() {
  const { name, rename } = usePage()
  return (
    <label className="flex flex-col gap-1 text-quiet text-xs">
      Your name
      <input
        value={name}
        maxLength={40}
        onChange={(event) => rename(event.target.value)}
        className="rounded-md border border-line bg-ink px-2.5 py-1.5 text-sm text-text"
      />
    </label>
  )
}
