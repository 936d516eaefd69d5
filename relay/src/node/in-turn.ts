import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TimeSlice } from '../core/time-slice.js'

/** A connection on which more requests wait is destroyed. */
const mostWaiting = 1000

/** The waiting requests of each connection that has an answer pending. */
const queues = new WeakMap<Duplex, (() => void)[]>()

/** Whether a connection has an answer pending. */
export const isAnswering = (socket: Duplex): boolean => queues.has(socket)

/** The size that a request has in the time slice. */
const requestBytes = 64 * 1024

/**
 * Begins a request when the previous one of its connection is answered, and the turn has time left.
 * HTTP/1.1 lets a client send many requests without waiting, and requires the answers in order (RFC
 * 9112, 9.3.2); Node would begin all of them at once. Requests are read while they wait, since a
 * socket that is not read does not report that its client has left. HTTP/2 answers in any order.
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
    if (request.httpVersionMajor > 1) {
      answer(request, response)
      return
    }
    const { socket } = request
    const queue = queues.get(socket)
    if (!queue) {
      queues.set(socket, [])
      begin(request, response)
    } else if (queue.push(() => begin(request, response)) > mostWaiting) socket.destroy()
  }
}

function next(socket: Duplex): void {
  const begin = socket.writable ? queues.get(socket)?.shift() : undefined
  if (begin) begin()
  else queues.delete(socket)
}
