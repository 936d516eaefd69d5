import { useState } from 'react'
import { exact } from '../ui/format.js'

/** More of a text is folded. */
const fold = { characters: 1000, lines: 16 }

/** More of a text is not shown at all: a browser would take seconds for a line of a megabyte. */
const mostCharacters = 20_000

interface MessageTextProps {
  readonly text: string
}

/** A text of any length in any script. React escapes markup. */
export function MessageText({ text }: MessageTextProps) {
  const [isOpen, setOpen] = useState(false)
  const short = shorten(text)
  const isFolded = short.length < text.length
  const shown = isOpen ? text.slice(0, mostCharacters) : short
  const rest = text.length - shown.length
  return (
    <>
      <p dir="auto" className="w-fit max-w-full whitespace-pre-wrap break-words text-[0.9375rem] leading-relaxed">
        {shown}
        {!isOpen && isFolded && '…'}
      </p>
      {isFolded && (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="font-medium text-brand text-xs underline-offset-2 hover:underline touch:min-h-11"
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

function shorten(text: string): string {
  const lines = text.slice(0, fold.characters).split('\n', fold.lines)
  // A pair of surrogates stays whole.
  return text.length > fold.characters || text.split('\n', fold.lines + 1).length > fold.lines
    ? lines.join('\n').replace(/[\uD800-\uDBFF]$/, '')
    : text
}
