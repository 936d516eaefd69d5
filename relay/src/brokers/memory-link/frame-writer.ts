import type { Writable } from 'node:stream'
import { frameHead, type Kind } from './frames.js'

/** Writes a frame. Several frames may share one body. */
export type WriteFrame = (kind: Kind, number: number, body: Uint8Array) => void

/**
 * Returns a writer that gathers the frames of one turn: a system call for each frame would cost
 * more than all the rest.
 */
export function frameWriter(socket: Writable): WriteFrame {
  let gathered: Uint8Array[] = []
  const write = (): void => {
    const bytes = Buffer.concat(gathered)
    gathered = []
    if (!socket.destroyed) socket.write(bytes)
  }
  return (kind, number, body) => {
    if (gathered.length === 0) process.nextTick(write)
    gathered.push(frameHead(kind, number, body.length))
    if (body.length > 0) gathered.push(body)
  }
}
