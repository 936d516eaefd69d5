/** Memory that all backlogs and windows of a relay share. */
export interface BacklogRoom {
  /** Bytes of all waiting and unconfirmed frames. */
  used: number
  readonly limit: number
  /**
   * Frees memory soon by ending sessions of absent clients. Returns false if no session can be
   * ended. @default always false
   */
  relieve?(): boolean
}

/** Returns whether the caller must keep less. */
export function overflows(room: BacklogRoom): boolean {
  return room.used > room.limit && !room.relieve?.()
}
