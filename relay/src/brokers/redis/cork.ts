import type { Writable } from 'node:stream'

/**
 * Returns a function to call before a command is sent: a stream then writes all commands of a turn
 * at once, since a system call for each would double the cost.
 */
export function corkPerTurn(stream: Pick<Writable, 'cork' | 'uncork'>): () => void {
  let isCorked = false
  return () => {
    if (isCorked) return
    isCorked = true
    stream.cork()
    process.nextTick(() => {
      isCorked = false
      stream.uncork()
    })
  }
}
