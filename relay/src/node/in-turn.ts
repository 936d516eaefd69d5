import type { RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'

/** A connection on which more requests wait is let go. */
const mostWaiting = 1000

/** The requests that wait, of each connection that is owed an answer. */
const lines = new WeakMap<Duplex, (() => void)[]>()

/** Whether a connection is owed an answer. */
export const isAnswering = (socket: Duplex): boolean => lines.has(socket)

/**
 * Begins a request when its connection has had the answer to the one before. HTTP/1.1 lets a client send many in one breath, and wants the answers in order (RFC 9112,
 * 9.3.2): Node would begin all of them at once. They are read while they wait, since who does not read is not told that a client has left.
 */
export function inTurn(answer: RequestListener): RequestListener {
  return (request, response) => {
    const { socket } = request
    const begin = (): void => {
      response.once('close', () => next(socket))
      answer(request, response)
    }
    const line = lines.get(socket)
    if (!line) {
      lines.set(socket, [])
      begin()
    } else if (line.push(begin) > mostWaiting) socket.destroy()
  }
}

function next(socket: Duplex): void {
  const begin = socket.writable ? lines.get(socket)?.shift() : undefined
  if (begin) begin()
  else lines.delete(socket)
}
