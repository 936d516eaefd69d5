import type { TransportEvents } from '@wildcast/client'

/** Totals since the page was loaded. Not in a store: they change thousands of times a second. */
export const traffic = { messages: 0, bytes: 0, quotes: 0, quoteBytes: 0 }

/** Counts a frame of the relay. */
export function countFrame(frame: Parameters<TransportEvents['frame']>[0], bytes: number): void {
  traffic.bytes += bytes
  if (frame.kind !== 'Message') return
  traffic.messages++
  if (!frame.subject?.startsWith('quote.')) return
  traffic.quotes++
  traffic.quoteBytes += bytes
}
