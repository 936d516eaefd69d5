import { type RefObject, useLayoutEffect, useRef } from 'react'
import { Button } from '../../ui/button.js'
import type { Older } from '../room-log.js'

interface OlderMessagesProps {
  readonly onRead: () => void
  readonly older: Older | undefined
  /** Gets the focus of the button when that goes. */
  readonly list: RefObject<HTMLElement | null>
}

const words: Record<Older, string> = {
  loading: 'Loading older messages…',
  some: 'Older messages',
  none: 'Older messages',
  refused: 'Older messages could not be read: try again',
}

/** Reads the page before the first message, as scrolling to the top does. */
export function OlderMessages({ onRead, older, list }: OlderMessagesProps) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const { current: own } = button
    return () => {
      if (document.activeElement === own) list.current?.focus({ preventScroll: true })
    }
  }, [list])
  const isLoading = older === 'loading'
  return (
    <div className="flex justify-center px-3 pt-4">
      <Button ref={button} aria-disabled={isLoading} onClick={onRead}>
        {older ? words[older] : words.some}
      </Button>
    </div>
  )
}
