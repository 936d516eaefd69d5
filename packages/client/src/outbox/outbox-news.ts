import type { Undo } from '../time/clock.js'
import type { DiscardedMessage } from './kept-message.js'

/** The news that the pages of an outbox exchange about its messages. */
export interface OutboxNews {
  /** Notifies all pages of a change, and of the messages that were discarded. */
  send(discarded?: readonly DiscardedMessage[]): void
  /** Calls back after each change by any page, and at `close`. Returns the undo. */
  onChange(listener: () => void): Undo
  close(): void
}

/**
 * Opens the channel between the pages of an outbox.
 * @param owner - the client of this page
 * @param discard - called with the ids of messages that this client must no longer send
 */
export function openOutboxNews(name: string, owner: string, discard: (ids: readonly number[]) => void): OutboxNews {
  const channel = new BroadcastChannel(name)
  const listeners = new Set<() => void>()
  let isClosed = false
  const take = (discarded: readonly DiscardedMessage[]): void => {
    const own = discarded.filter((message) => message.owner === owner)
    if (own.length > 0) discard(own.map(({ id }) => id))
    for (const listener of listeners) listener()
  }
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (Array.isArray(data)) take(data.filter(isDiscarded))
  }
  return {
    send(discarded = []) {
      if (isClosed) return
      channel.postMessage(discarded)
      take(discarded)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      channel.close()
      take([])
      listeners.clear()
    },
  }
}

/** Any script of the origin may post to the channel. */
function isDiscarded(one: unknown): one is DiscardedMessage {
  return typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'number' && 'owner' in one
}
