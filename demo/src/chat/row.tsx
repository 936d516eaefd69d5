import { Avatar } from '../ui/avatar.js'
import { Icon } from '../ui/icon.js'
import { minuteOf, momentOf } from '../ui/plain-format.js'
import { Failure, Reactions } from './live-parts.js'
import { MessageText } from './message-text.js'
import type { ChatEntry } from './room-log.js'
import { SendMark } from './send-mark.js'

interface RowProps {
  /** The key of the room. */
  readonly room: string
  readonly entry: ChatEntry
  /** It belongs to the message above: no name. */
  readonly continues: boolean
  /** The newest message. */
  readonly isLast: boolean
}

/** One message: those of this person at the right. */
export function Row(props: RowProps) {
  const { entry, continues } = props
  const space = continues ? 'py-0.5' : 'mt-3 pt-1 pb-0.5'
  return (
    <li className={`group relative -mx-3 flex gap-3 rounded-lg px-3 hover:bg-raised/50 ${space}`}>
      {entry.isOwn ? <OwnMessage {...props} /> : <Message {...props} />}
    </li>
  )
}

function OwnMessage({ room, entry, continues, isLast }: RowProps) {
  const { at, state } = entry
  const isUnsent = state !== undefined && state !== 'sent'
  return (
    <div className="flex min-w-0 flex-1 flex-col items-end pl-9">
      {!continues && (
        <p className="flex gap-2 pb-1 text-quiet text-xs">
          <span className="sr-only">{nameOf(entry.from)}, </span>
          <span>you</span>
          {at !== undefined && <time className="tabular-nums">{momentOf(at)}</time>}
        </p>
      )}
      <div className="flex max-w-full items-end gap-2">
        {state && <SendMark state={state} />}
        <div
          className={`min-w-0 rounded-xl bg-brand/10 px-3 py-1.5 transition-opacity ${isUnsent ? 'opacity-75' : ''}`}
        >
          <MessageText text={entry.text} />
        </div>
      </div>
      {(state === 'unknown' || state === 'refused') && <Failure room={room} entry={entry} />}
      <Reactions room={room} entry={entry} isLast={isLast} />
    </div>
  )
}

function Message({ room, entry, continues, isLast }: RowProps) {
  const { from, at, text, error, isArriving } = entry
  return (
    <>
      <div className="w-9 shrink-0">
        {continues ? (
          <time className="hidden pt-1 text-center text-micro text-quiet tabular-nums group-hover:block">
            {at !== undefined && minuteOf(at)}
          </time>
        ) : (
          <Portrait from={from} />
        )}
      </div>
      <div className="min-w-0 flex-1 pr-9">
        {!continues && (
          <p className="flex items-baseline gap-2">
            <bdi className="min-w-0 truncate font-semibold text-sm">{nameOf(from)}</bdi>
            {at !== undefined && <time className="shrink-0 text-quiet text-xs tabular-nums">{momentOf(at)}</time>}
          </p>
        )}
        {(text || !error) && <MessageText text={text} isArriving={isArriving} />}
        {error && <p className="py-1 text-sm text-warn">{error}</p>}
        <Reactions room={room} entry={entry} isLast={isLast} />
      </div>
    </>
  )
}

/** A message of another program may have no name, or an empty one. */
function nameOf(from: string | undefined): string {
  return from === undefined ? 'No name' : from.trim() || 'No name'
}

function Portrait({ from }: { readonly from: string | undefined }) {
  if (from !== undefined) return <Avatar name={from} />
  return (
    <span className="grid size-9 place-items-center rounded-lg bg-raised text-quiet">
      <Icon name="terminal" />
    </span>
  )
}
