import type { DataOf } from '@wildcast/contract'
import type { contract } from '../../contract.js'

/** The data of a room by the contract. */
export type RoomData = DataOf<typeof contract, 'message', 'good.*'>

/** How a message of a room is shown. */
export interface ReadMessage {
  /** Undefined if another program has written a plain text. */
  readonly from: string | undefined
  readonly text: string
  /** Undefined if it has none. */
  readonly id: string | undefined
  /** Undefined if the message has no valid time. */
  readonly sentAt: number | undefined
}

/** Reads a message of a room. Every client may write there, with curl for example. */
export function readMessage(data: RoomData): ReadMessage {
  if (typeof data !== 'object') return { from: undefined, text: String(data), id: undefined, sentAt: undefined }
  const { from, text, id, at = 0 } = data
  return { from, text, id, sentAt: at > 0 ? at : undefined }
}
