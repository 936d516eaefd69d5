import { useState } from 'react'
import { exact } from '../ui/plain-format.js'
import { linksIn, type TextPart } from './message-links.js'
import { enterBeside } from './use-rooms.js'

/** More of a text is folded. */
const fold = { characters: 1000, lines: 16 }

/** More of a text is not shown at all: a browser would take seconds for a line of a megabyte. */
const mostCharacters = 20_000

interface MessageTextProps {
  readonly text: string
  /** More of it is coming. */
  readonly isArriving?: boolean | undefined
}

/** A text of any length in any script. React escapes markup. */
export function MessageText({ text, isArriving = false }: MessageTextProps) {
  const [isOpen, setOpen] = useState(false)
  const short = shorten(text)
  const isFolded = short.length < text.length
  const shown = isOpen ? text.slice(0, mostCharacters) : short
  const rest = text.length - shown.length
  return (
    <>
      <p
        dir="auto"
        aria-busy={isArriving || undefined}
        className={`w-fit max-w-full whitespace-pre-wrap break-words text-base ${isArriving ? 'arriving' : ''}`}
      >
        {linksIn(shown, rest > 0 || isArriving).map((part, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text keep their places
          <Part key={i} {...part} />
        ))}
        {!isOpen && isFolded && '…'}
      </p>
      {isFolded && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="font-medium min-h-6 text-brand text-xs underline-offset-2 hover:underline touch:min-h-11"
        >
          {isOpen ? 'Show less' : `Show all ${exact(text.length)} characters`}
        </button>
      )}
      {isOpen && rest > 0 && (
        <span className="ml-3 text-quiet text-xs">{exact(rest)} more characters are not shown</span>
      )}
    </>
  )
}

const linkLook = 'text-brand underline decoration-brand/40 underline-offset-2 hover:decoration-current'

function Part({ text, href, room }: TextPart) {
  if (href)
    return (
      <a href={href} target="_blank" rel="noopener noreferrer" className={linkLook}>
        {text}
      </a>
    )
  return room ? <RoomName text={text} room={room} /> : text
}

/** Opens the room with this name on the broker of the open one. */
function RoomName({ text, room }: { readonly text: string; readonly room: string }) {
  return (
    <button type="button" onClick={() => enterBeside(room)} className={linkLook}>
      {text}
    </button>
  )
}

function shorten(text: string): string {
  const lines = text.slice(0, fold.characters).split('\n', fold.lines)
  // A pair of surrogates stays whole.
  return text.length > fold.characters || text.split('\n', fold.lines + 1).length > fold.lines
    ? lines.join('\n').replace(/[\uD800-\uDBFF]$/, '')
    : text
}
