import type { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.js'

/**
 * Node reads a socket in pieces of 64 KiB, TLS in pieces of 16 KiB. A whole piece means that more
 * waits behind it.
 */
const wholePiece = 16 * 1024

/**
 * Reads at most one whole piece of a stream in each turn of the event loop. Node reads up to 2 MiB
 * in a row: tens of thousands of small messages, which would keep clients waiting. The client
 * library may pause and resume the stream itself, so its wish is kept apart.
 */
export function readInTurns(stream: Readable, { endOfTurn }: Pick<Clock, 'endOfTurn'>): void {
  const { pause, resume } = stream
  let paused = stream.isPaused()
  let held = false
  stream.pause = () => {
    paused = true
    return pause.call(stream)
  }
  stream.resume = () => {
    paused = false
    return held ? stream : resume.call(stream)
  }
  stream.on('data', (chunk: Uint8Array) => {
    if (chunk.length < wholePiece || held) return
    held = true
    pause.call(stream)
    endOfTurn(() => {
      held = false
      if (!paused) resume.call(stream)
    })
  })
}
