import { usePresence } from '../../hooks.js'
import { splitRoomKey } from '../chat-store.js'
import { useFeature } from '../use-rooms.js'

/** The people who are writing, or why a room can't show them. */
export function Typing({ room: key }: { readonly room: string }) {
  const [broker, room] = splitRoomKey(key)
  const canMeet = useFeature(key, 'presence')
  const canKeep = useFeature(key, 'retained')
  const names = usePresence(canMeet ? (`room.${room}` as const) : null, undefined, {
    broker,
    select: ({ members }) => members.filter(({ data, isSelf }) => data.typing && !isSelf).map(({ data }) => data.name),
    isEqual: (a, b) => a.join('\n') === b.join('\n'),
  })
  if (canMeet === false)
    return `The broker ${broker} has no list of people here${canKeep ? '' : ', and no reactions'}: all else works.`
  if (names.length === 0) return null
  return (
    <>
      <span aria-hidden className="mr-2 inline-flex gap-0.5 align-middle">
        {[0, 1, 2].map((dot) => (
          <span
            key={dot}
            className="size-1 animate-pulse rounded-full bg-current"
            style={{ animationDelay: `${dot * 180}ms` }}
          />
        ))}
      </span>
      {sentence(names)}
    </>
  )
}

function sentence([first, second, ...others]: readonly string[]): string {
  if (second === undefined) return `${first} is typing`
  return others.length === 0 ? `${first} and ${second} are typing` : `${others.length + 2} people are typing`
}
