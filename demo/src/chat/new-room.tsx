import { type FormEvent, useId, useState } from 'react'
import { usePage } from '../page.js'
import { Icon } from '../ui/icon.js'
import { isRoomName } from './use-rooms.js'

/** Opens a room: any segment of a subject names one. */
export function NewRoom({ onChoose }: { readonly onChoose?: (() => void) | undefined }) {
  const { enter, show } = usePage()
  const [name, setName] = useState('')
  const hint = useId()
  const isBad = name !== '' && !isRoomName(name)
  const open = (event: FormEvent): void => {
    event.preventDefault()
    if (!isRoomName(name)) return
    enter(name)
    show('chat')
    setName('')
    onChoose?.()
  }
  return (
    <form onSubmit={open} className="flex flex-col gap-1">
      <div className="relative flex items-center">
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
          className="min-h-8 w-full rounded-lg border border-transparent bg-transparent pr-2 pl-7 font-mono
            text-[0.8125rem] transition-colors hover:border-line focus:border-line focus:bg-ink
            aria-invalid:border-bad touch:min-h-11 touch:text-base"
        />
      </div>
      {isBad && (
        <p id={hint} className="px-2 text-bad text-xs leading-snug">
          A room is one segment of a subject: up to 40 characters, no spaces, dots or wildcards.
        </p>
      )}
    </form>
  )
}
