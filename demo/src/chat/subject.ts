/** The room of the managers. Its name has a dot, so it is no room of `good`. */
export const vault = 'staff.vault'

/** A subject whose messages are those of a room. */
export type RoomSubject = `good.${string}` | `staff.${string}`

/** The subject of a room. */
export function subjectOf(room: string): RoomSubject {
  return room === vault ? vault : `good.${room}`
}

/** The room of a subject. */
export function roomOf(subject: string): string {
  return subject.replace(/^good\./, '')
}
