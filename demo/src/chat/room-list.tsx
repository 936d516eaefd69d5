import type { Message } from '@wildcast/client'
import { type FormEvent, useState } from 'react'
import { usePage } from '../page.js'
import { BrokerChoice } from './broker-choice.js'
import { isRoomName, useRooms } from './rooms.js'

/** The column beside the conversation: rooms, and the broker that carries them. */
export function Rooms({ messages }: { readonly messages: readonly Message[] }) {
  const rooms = useRooms(messages)
  const { room, enter } = usePage()
  return (
    <div className="flex flex-col gap-3 border-line border-b p-3 md:w-52 md:shrink-0 md:border-r md:border-b-0">
      <h2 className="px-2 pt-1 font-medium text-quiet text-xs">Rooms</h2>
      <ul className="flex gap-0.5 overflow-auto md:flex-col">
        {rooms.map(({ name, unread }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={room === name ? 'page' : undefined}
              onClick={() => enter(name)}
              className="flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left font-mono text-quiet text-sm
                transition-colors hover:bg-raised hover:text-text aria-[current]:bg-raised
                aria-[current]:text-text"
            >
              <span>
                <span className="opacity-50">good.</span>
                {name}
              </span>
              {unread > 0 && (
                <span
                  className="ml-auto rounded-full bg-brand-deep px-1.5 font-sans font-semibold text-on-brand
                text-xs"
                >
                  {unread}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <NewRoom />
      <BrokerChoice />
    </div>
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
        className="w-full rounded-md border border-line border-dashed bg-transparent px-2 py-1.5 font-mono text-sm
          placeholder:text-quiet aria-invalid:border-bad"
      />
    </form>
  )
}
