import type { Message } from '@wildcast/client'
import { memo, useCallback, useState } from 'react'
import { bytes, timeOf } from '../ui/format.js'
import { useMedia } from '../ui/use-media.js'
import { MessageDetail } from './message-detail.js'
import { previewOf } from './payload.js'
import { SubjectText } from './subject-text.js'

interface MessageTableProps {
  readonly items: readonly Message[]
  /** The reader has opened a message or scrolled away from the newest. */
  readonly onRead: () => void
}

/** Messages, the newest first. A click on one shows all of it. */
export function MessageTable({ items, onRead }: MessageTableProps) {
  const [open, setOpen] = useState<string>()
  const toggle = useCallback(
    (key: string) => {
      onRead()
      setOpen((now) => (now === key ? undefined : key))
    },
    [onRead],
  )
  return (
    <section
      aria-label="Messages"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
      tabIndex={0}
      onScroll={({ currentTarget }) => currentTarget.scrollTop > 40 && onRead()}
      className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
    >
      <table className="w-full table-fixed border-collapse text-left text-xs sm:text-sm">
        <thead className="sticky top-0 z-1 bg-ink text-quiet text-xs">
          <tr>
            <th className="hidden w-28 border-line border-b py-2 pl-6 font-medium sm:table-cell">Time</th>
            <th className="w-2/5 border-line border-b py-2 pl-3 font-medium sm:w-[37%]">Subject</th>
            <th className="border-line border-b py-2 pr-1 pl-3 font-medium">Payload</th>
            <th className="hidden w-18 border-line border-b py-2 pr-6 text-right font-medium sm:table-cell">Size</th>
          </tr>
        </thead>
        {/* Rows keep their places, and only their texts change, so that nothing moves. */}
        <tbody onFocus={onRead}>
          {items.toReversed().map((message, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a place is the identity
            <Row key={i} message={message} isOpen={message.key === open} onToggle={toggle} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly message: Message
  readonly isOpen: boolean
  readonly onToggle: (key: string) => void
}

const Row = memo(function Row({ message, isOpen, onToggle }: RowProps) {
  return (
    <>
      <tr
        className={`relative border-line/60 border-b align-middle hover:bg-raised/60 ${isOpen ? 'bg-raised/60' : ''}`}
      >
        <td data-varies className="hidden py-2 pl-6 text-quiet tabular-nums sm:table-cell">
          {timeOf(message.receivedAt)}
        </td>
        <td className="py-2 pl-3">
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={() => onToggle(message.key)}
            className="block max-w-full truncate text-left font-mono after:absolute after:inset-0 touch:min-h-7"
          >
            <SubjectText message={message} />
          </button>
        </td>
        <td className="truncate py-2 pr-1 pl-3 font-mono text-text/85">
          <bdi>{previewOf(message)}</bdi>
        </td>
        <td className="hidden py-2 pr-6 text-right text-quiet tabular-nums sm:table-cell">
          {bytes(message.bytes.length)}
        </td>
      </tr>
      {isOpen && <OpenRow message={message} />}
    </>
  )
})

/** All of a message, below its row. Two columns are hidden on a narrow screen. */
function OpenRow({ message }: { readonly message: Message }) {
  const columns = useMedia('(width >= 40rem)') ? 4 : 2
  return (
    <tr className="border-line/60 border-b bg-raised/40">
      <td colSpan={columns} className="px-3 py-3 md:px-6">
        <MessageDetail message={message} />
      </td>
    </tr>
  )
}
