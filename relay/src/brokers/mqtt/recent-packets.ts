import { BoundedMap } from '../bounded-map.js'

/** A server sends a packet again long before it has given so many others their ids. */
const remembered = 1000

/**
 * Knows the packets of one connection that a server sends again. It may do so where our
 * confirmation was slow; a connection that begins clean brings nothing that was sent on another.
 */
export function recentPackets(): {
  /** Whether this one came before. */
  isRepeated(packet: {
    readonly messageId?: number | undefined
    readonly topic: string
    readonly dup?: boolean | undefined
  }): boolean
} {
  const topics = new BoundedMap<number, string>(remembered)
  return {
    isRepeated({ messageId, topic, dup }) {
      if (messageId === undefined) return false
      if (dup && topics.get(messageId) === topic) return true
      topics.delete(messageId)
      topics.set(messageId, topic)
      return false
    },
  }
}
