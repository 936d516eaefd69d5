import { type FormEvent, useId, useState } from 'react'
import { isRoomName, usePage } from '../page.js'
import { Icon } from '../ui/icon.js'
import { useChatStore } from './chat-store.js'

/** Opens a room: any segment of a subject names one, on any broker. */
export function NewRoom({ onChoose }: { readonly onChoose?: (() => void) | undefined }) {
  const enter = usePage((page) => page.enter)
  const brokers = useChatStore((chat) => chat.brokers)
  const [name, setName] = useState('')
  const [broker, setBroker] = useState('')
  const hint = useId()
  const isBad = name !== '' && !isRoomName(name)
  const open = (event: FormEvent): void => {
    event.preventDefault()
    if (!isRoomName(name)) return
    enter(name, broker || (brokers[0] ?? ''))
    setName('')
    onChoose?.()
  }
  return (
    <form onSubmit={open} className="flex flex-col gap-1">
      <div className="relative flex items-center gap-1">
        <Icon name="plus" className="pointer-events-none absolute left-2 size-3.5 text-quiet" />
        <input
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="new room"
          aria-label="New room"
          aria-invalid={isBad}
          aria-describedby={isBad ? hint : undefined}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          className="min-h-8 w-full min-w-0 rounded-lg border border-transparent bg-transparent pr-2 pl-8 font-mono
            text-sm transition-colors hover:border-line focus:border-line focus:bg-ink
            aria-invalid:border-bad touch:min-h-11 touch:text-base"
        />
        {brokers.length > 1 && (
          <select
            aria-label="Broker of the new room"
            value={broker || brokers[0]}
            onChange={(event) => setBroker(event.target.value)}
            className="min-h-8 max-w-24 shrink-0 rounded-lg border border-line bg-panel px-1 font-mono text-quiet
              text-xs
              touch:min-h-11 touch:text-base"
          >
            {brokers.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
      </div>
      {isBad && (
        <p id={hint} className="px-2 text-bad text-xs">
          A room is one segment of a subject: up to 40 characters, no spaces, dots or wildcards.
        </p>
      )}
    </form>
  )
}
