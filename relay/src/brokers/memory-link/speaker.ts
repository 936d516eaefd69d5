import type { Writable } from 'node:stream'
import { frameHead, type Kind } from './frames.js'

/** Says a frame. Its body may be shared with others. */
export type Speak = (kind: Kind, number: number, body: Uint8Array) => void

/**
 * Gathers what is said in one turn, and writes it at once: a system call for each frame would cost
 * more than all the rest.
 */
export function speaker(socket: Writable): Speak {
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
