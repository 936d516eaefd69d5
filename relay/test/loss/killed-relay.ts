import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Kills a relay. Resolves when its workers have ended, too: they have closed its output. */
export async function killRelay(relay: ChildProcess): Promise<void> {
  const ended = once(relay, 'close')
  relay.kill('SIGKILL')
  await ended
}

/** Connects to a relay that will be killed. Calls `receive` with each of its frames. */
export async function openSocket<Frame>(url: string, receive: (frame: Frame) => void): Promise<WebSocket> {
  const socket = new WebSocket(url, 'wildcast.v1+json')
  socket.on('error', () => {}) // the relay was killed
  socket.on('message', (data) => {
    for (const line of String(data).split('\n')) receive(JSON.parse(line))
  })
  await once(socket, 'open')
  socket.send('{"Connect":{}}')
  return socket
}

/** Resolves when the connection has ended. */
export async function endOf(socket: WebSocket | undefined): Promise<void> {
  if (socket && socket.readyState !== WebSocket.CLOSED) await once(socket, 'close')
}
