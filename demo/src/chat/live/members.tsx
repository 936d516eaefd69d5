import type { Member } from '@wildcast/client/presence'
import type { DataOf } from '@wildcast/contract'
import type { contract } from '../../../contract.js'
import { isShared } from '../../bridge.js'
import { usePresence } from '../../hooks.js'
import { usePage } from '../../page.js'
import { Avatar } from '../../ui/avatar.js'
import { splitRoomKey } from '../chat-store.js'
import { nameless } from '../send.js'
import { useFeature } from '../use-rooms.js'
import { useTyping } from './use-typing.js'

/** Avatars in the header. */
const mostShown = 3

/** Names in the list. */
const mostListed = 100

type Person = Member<DataOf<typeof contract, 'presence', 'room.*'>>

/** The people in the room. This person enters it, too. */
export function Members({ room: key }: { readonly room: string }) {
  const [broker, room] = splitRoomKey(key)
  const canMeet = useFeature(key, 'presence')
  const name = usePage((page) => page.name.trim() || nameless)
  const typing = useTyping(key)
  const subject = canMeet ? (`room.${room}` as const) : null
  const own = typing ? { name, typing } : { name }
  const { members, status } = usePresence(subject, isShared ? undefined : own, { broker })
  if (!subject || members.length === 0) return null
  const isOld = status === 'stale'
  return (
    <>
      <button
        type="button"
        popoverTarget="members"
        aria-label={`${members.length} here`}
        title={isOld ? 'Who was here before the connection was lost' : 'Who is here'}
        className={`flex h-9 items-center gap-2 rounded-lg px-2 text-quiet text-sm transition-colors hover:bg-raised
          hover:text-text touch:h-11 ${isOld ? 'opacity-60' : ''}`}
      >
        <span aria-hidden className="flex -space-x-1">
          {members.slice(0, mostShown).map(({ key, data }) => (
            <span key={key} className="rounded-lg ring-2 ring-panel">
              <Avatar name={data.name} isSmall />
            </span>
          ))}
        </span>
        <span className="tabular-nums">{members.length}</span>
      </button>
      <MemberList members={members} />
    </>
  )
}

function MemberList({ members }: { readonly members: readonly Person[] }) {
  const more = members.length - mostListed
  return (
    <div
      popover="auto"
      id="members"
      className="fixed inset-auto top-14 right-2 m-0 max-h-[70dvh] w-64 max-w-[calc(100vw-1rem)] overflow-y-auto
        rounded-xl border border-line bg-panel p-2 text-text shadow-lg md:right-6"
    >
      <h3 className="px-2 pt-1 pb-2 font-medium text-quiet text-xs">In this room</h3>
      <ul className="flex flex-col gap-0.5">
        {members.slice(0, mostListed).map(({ key, data, isSelf, connections }) => (
          <li key={key} className="flex min-h-9 items-center gap-2 rounded-lg px-2 text-sm">
            <Avatar name={data.name} isSmall />
            <bdi className="min-w-0 truncate">{data.name}</bdi>
            <span className="ml-auto shrink-0 text-quiet text-xs">
              {data.typing ? 'typing' : isSelf ? 'you' : connections > 1 ? `${connections} windows` : ''}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="px-2 py-1 text-quiet text-xs">and {more} more</p>}
      <p className="px-2 pt-2 pb-1 text-quiet text-xs">A bot answers messages that begin with @bot.</p>
    </div>
  )
}
