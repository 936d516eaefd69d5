import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TimeSlice } from '../core/time-slice.js'

/** A connection on which more requests wait is let go. */
const mostWaiting = 1000

/** The requests that wait, of each connection that is owed an answer. */
const lines = new WeakMap<Duplex, (() => void)[]>()

/** Whether a connection is owed an answer. */
export const isAnswering = (socket: Duplex): boolean => lines.has(socket)

/** What a request weighs beside the other input of clients. */
const requestBytes = 64 * 1024

/**
 * Begins a request when its connection has had the answer to the one before, and there is time left
 * in the turn. HTTP/1.1 lets a client send many in one breath, and wants the answers in order (RFC
 * 9112, 9.3.2): Node would begin all of them at once. They are read while they wait, since who does
 * not read is not told that a client has left.
 */
export function inTurn(answer: RequestListener, slice: TimeSlice): RequestListener {
  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    if (!slice.admits(requestBytes)) {
      slice.later(() => begin(request, response))
      return
    }
    if (request.socket.destroyed) next(request.socket)
    else {
      response.once('close', () => next(request.socket))
      answer(request, response)
    }
  }
  return (request, response) => {
    const { socket } = request
    const line = lines.get(socket)
    if (!line) {
      lines.set(socket, [])
      begin(request, response)
    } else if (line.push(() => begin(request, response)) > mostWaiting) socket.destroy()
  }
}

function next(socket: Duplex): void {
  const begin = socket.writable ? lines.get(socket)?.shift() : undefined
  if (begin) begin()
  else lines.delete(socket)
}
