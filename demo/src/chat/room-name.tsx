import { subjectOf } from './subject.js'

/** The subject of a room, with its last segment in front of the eye. */
export function RoomName({ room }: { readonly room: string }) {
  const subject = subjectOf(room)
  const end = subject.indexOf('.') + 1
  return (
    <span className="min-w-0 truncate">
      <span className="font-normal text-quiet">{subject.slice(0, end)}</span>
      <bdi>{subject.slice(end)}</bdi>
    </span>
  )
}
