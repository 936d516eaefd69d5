import type { TransportEvents } from '@wildcast/client'

/** Totals since the page was loaded. Not in a store: they change thousands of times a second. */
export const traffic = { messages: 0, bytes: 0 }

/** Counts a frame of the relay. */
export function countFrame({ kind }: Parameters<TransportEvents['frame']>[0], bytes: number): void {
  if (kind === 'Message') traffic.messages++
  traffic.bytes += bytes
}
