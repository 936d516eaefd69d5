import { Avatar } from '../ui/avatar.js'
import { minuteOf, momentOf } from '../ui/format.js'
import { Icon } from '../ui/icon.js'
import { MessageText } from './message-text.js'
import type { ChatEntry } from './room-log.js'
import { Failure, SendMark } from './send-mark.js'

interface RowProps {
  /** The key of the room. */
  readonly room: string
  readonly entry: ChatEntry
  /** It belongs to the message above: no name. */
  readonly continues: boolean
}

/** One message. */
export function Row({ room, entry, continues }: RowProps) {
  const { from, at, state } = entry
  const space = continues ? 'py-0.5' : 'mt-3 pt-1 pb-0.5'
  const isUnsent = state !== undefined && state !== 'sent'
  return (
    <li className={`group -mx-3 flex gap-3 rounded-lg px-3 hover:bg-raised/50 ${space}`}>
      <div className="w-9 shrink-0">
        {continues ? (
          <time className="hidden pt-1 text-center text-[0.625rem] text-quiet tabular-nums group-hover:block">
            {at !== undefined && minuteOf(at)}
          </time>
        ) : (
          <Portrait from={from} />
        )}
      </div>
      <div className="min-w-0 flex-1">
        {!continues && (
          <p className="flex items-baseline gap-2 leading-5">
            <bdi className="min-w-0 truncate font-semibold text-sm">{nameOf(from)}</bdi>
            {state !== undefined && <span className="text-quiet text-xs">you</span>}
            {at !== undefined && <time className="shrink-0 text-quiet text-xs tabular-nums">{momentOf(at)}</time>}
          </p>
        )}
        <div className="flex items-end gap-2">
          <div className={`min-w-0 flex-1 transition-opacity ${isUnsent ? 'opacity-75' : ''}`}>
            <MessageText text={entry.text} />
          </div>
          {state && <SendMark state={state} />}
        </div>
        {(state === 'unknown' || state === 'refused') && <Failure room={room} entry={entry} />}
      </div>
    </li>
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
