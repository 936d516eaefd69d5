import type { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.js'

/**
 * Node reads sockets in chunks of 64 KiB, TLS in chunks of 16 KiB. After a full one, more waits.
 */
const fullChunk = 16 * 1024

/**
 * Reads at most one full chunk of a stream per turn of the event loop. Node reads up to 2 MiB in a
 * row: tens of thousands of small messages, which would delay clients. The client library may pause
 * the stream as well, so its state is kept separately.
 */
export function readInTurns(stream: Readable, { endOfTurn }: Pick<Clock, 'endOfTurn'>): void {
  const { pause, resume } = stream
  let isPausedByReader = stream.isPaused()
  let isWaiting = false
  stream.pause = () => {
    isPausedByReader = true
    return pause.call(stream)
  }
  stream.resume = () => {
    isPausedByReader = false
    return isWaiting ? stream : resume.call(stream)
  }
  stream.on('data', (chunk: Uint8Array) => {
    if (chunk.length < fullChunk || isWaiting) return
    isWaiting = true
    pause.call(stream)
    endOfTurn(() => {
      isWaiting = false
      if (!isPausedByReader) resume.call(stream)
    })
  })
}
