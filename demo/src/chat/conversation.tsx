import { memo } from 'react'
import { Icon } from '../ui/icon.js'
import type { ChatEntry, LogEntry, RoomLog } from './room-log.js'
import { Row } from './row.js'
import { useFollow } from './use-follow.js'

/** Messages of one person within this time share a name, in milliseconds. */
const togetherMs = 5 * 60_000

/** The messages of a room, the newest at the end. */
export function Conversation({ room, log }: { readonly room: string; readonly log: RoomLog }) {
  const rows: readonly LogEntry[] = [...log.entries, ...log.pending]
  const { list, onScroll, isAtEnd, fresh, toEnd } = useFollow(rows)
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={list}
        role="log"
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-y-auto overscroll-contain focus-visible:-outline-offset-2"
      >
        <ol className="mx-auto flex min-h-full max-w-4xl flex-col justify-end px-3 py-4 md:px-6">
          {rows.map((row, i) => (
            <Entry
              key={row.key}
              room={room}
              row={row}
              continues={row.kind === 'message' && continues(row, rows[i - 1]) && row.key !== log.firstUnread}
              isFirstUnread={row.key === log.firstUnread}
            />
          ))}
        </ol>
      </div>
      {!isAtEnd && <ToEnd fresh={fresh} onClick={toEnd} />}
    </div>
  )
}

function continues(row: ChatEntry, before: LogEntry | undefined): boolean {
  if (before?.kind !== 'message') return false
  const isOwn = row.state !== undefined
  return before.from === row.from && (before.state !== undefined) === isOwn && row.at - before.at < togetherMs
}

interface EntryProps {
  readonly room: string
  readonly row: LogEntry
  readonly continues: boolean
  readonly isFirstUnread: boolean
}

const Entry = memo(function Entry({ room, row, continues, isFirstUnread }: EntryProps) {
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
      <Row room={room} entry={row} continues={continues} />
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
