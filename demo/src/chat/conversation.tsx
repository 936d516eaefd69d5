import { memo, useEffect, useRef } from 'react'
import { Icon } from '../ui/icon.js'
import { readOlder } from './chat-history.js'
import { OlderMessages } from './live-parts.js'
import type { ChatEntry, LogEntry, RoomLog } from './room-log.js'
import { Row } from './row.js'
import { useFollow } from './use-follow.js'

/** Messages of one person within this time share a name, in milliseconds. */
const togetherMs = 5 * 60_000

/** Older messages are read if less than this is hidden above, in pixels. */
const nearTopPx = 400

/** The messages of a room, the newest at the end. */
export function Conversation({ room, log }: { readonly room: string; readonly log: RoomLog }) {
  const rows: readonly LogEntry[] = [...log.entries, ...log.pending]
  const hadOlder = useRef(false)
  // While the first page is read there is no button: it would move the messages.
  const hasOlder = log.readTo !== undefined && log.older !== 'none' && (log.older !== 'loading' || hadOlder.current)
  useEffect(() => {
    hadOlder.current = hasOlder
  }, [hasOlder])
  const { list, onScroll, isAtEnd, fresh, toEnd } = useFollow(rows, hasOlder)
  const scrolled = (): void => {
    onScroll()
    if (log.older === 'some' && (list.current?.scrollTop ?? nearTopPx) < nearTopPx) readOlder(room)
  }
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={list}
        role="log"
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        tabIndex={0}
        aria-busy={log.older === 'loading'}
        onScroll={scrolled}
        // The list itself keeps the reader's place, in every browser.
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none] focus-visible:-outline-offset-2"
      >
        <div>
          {hasOlder && <OlderMessages onRead={() => readOlder(room)} older={log.older} list={list} />}
          <ol className="mx-auto flex w-full max-w-4xl flex-col px-3 py-4 md:px-6">
            {rows.map((row, i) => (
              <Entry
                key={row.key}
                room={room}
                row={row}
                continues={row.kind === 'message' && continues(row, rows[i - 1]) && row.key !== log.firstUnread}
                isFirstUnread={row.key === log.firstUnread}
                isLast={i === rows.length - 1}
              />
            ))}
          </ol>
        </div>
      </div>
      {!isAtEnd && <ToEnd fresh={fresh} onClick={toEnd} />}
    </div>
  )
}

function continues(row: ChatEntry, before: LogEntry | undefined): boolean {
  if (before?.kind !== 'message') return false
  const isSoon = row.at === undefined || before.at === undefined || row.at - before.at < togetherMs
  return before.from === row.from && !before.isOwn === !row.isOwn && isSoon
}

interface EntryProps {
  readonly room: string
  readonly row: LogEntry
  readonly continues: boolean
  readonly isFirstUnread: boolean
  readonly isLast: boolean
}

const Entry = memo(function Entry({ room, row, continues, isFirstUnread, isLast }: EntryProps) {
  if (row.kind === 'gap')
    return (
      <Divider className="text-warn" color="bg-warn/40">
        Messages sent while you were away are not shown.
      </Divider>
    )
  return (
    <>
      {isFirstUnread && (
        <Divider className="font-medium text-brand" color="bg-brand/40">
          New
        </Divider>
      )}
      <Row room={room} entry={row} continues={continues} isLast={isLast} />
    </>
  )
})

interface DividerProps {
  readonly className: string
  readonly color: string
  readonly children: string
}

function Divider({ className, color, children }: DividerProps) {
  return (
    <li className={`my-4 flex items-center gap-3 text-xs ${className}`}>
      <span className={`h-px flex-1 ${color}`} />
      {children}
      <span className={`h-px flex-1 ${color}`} />
    </li>
  )
}

function ToEnd({ fresh, onClick }: { readonly fresh: number; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={`-translate-x-1/2 absolute bottom-3 left-1/2 flex h-8 items-center gap-1.5 rounded-full border px-3
        font-medium text-xs shadow-lg transition-colors touch:h-11 touch:px-4 ${
          fresh > 0 ? 'border-transparent bg-brand-deep text-on-brand' : 'border-line bg-panel text-text'
        }`}
    >
      {fresh > 0 ? `${fresh} new ${fresh === 1 ? 'message' : 'messages'}` : 'To the newest'}
      <Icon name="down" className="size-3.5" />
    </button>
  )
}
