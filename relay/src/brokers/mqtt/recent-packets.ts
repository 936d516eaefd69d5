import { BoundedMap } from '../bounded-map.js'

/** How many packets are remembered. A server repeats a packet before it sends this many others. */
const mostRemembered = 1000

/**
 * Detects the packets of one connection that a server repeats. It may do so if their confirmation
 * was slow. A clean connection repeats no packets of an earlier one.
 */
export function recentPackets(): {
  /** Whether a packet is a repetition. */
  isRepeated(packet: {
    readonly messageId?: number | undefined
    readonly topic: string
    readonly dup?: boolean | undefined
  }): boolean
} {
  const topics = new BoundedMap<number, string>(mostRemembered)
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
