/** What all backlogs and windows of a relay share. */
export interface BacklogRoom {
  /** Bytes of what waits, and of what is not confirmed, in all of them. */
  used: number
  readonly limit: number
  /**
   * Frees some of it soon, at the expense of clients that are away. Returns false if there is
   * nothing of the kind. @default there never is
   */
  relieve?(): boolean
}

/** Whether less must be kept, by those who ask. */
export function overflows(room: BacklogRoom): boolean {
  return room.used > room.limit && !room.relieve?.()
}
