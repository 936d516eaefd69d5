/** Memory that the queues of all sessions share, in bytes. */
export interface QueueRoom {
  used: number
  readonly limit: number
}
