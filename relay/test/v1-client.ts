import { connect, type Socket } from './socket.js'
import type { StartedRelay } from './start-relay.js'

/** A socket that speaks v1 in JSON. */
export interface V1Client extends Socket {
  say(frame: unknown): void
}

export async function client(relay: StartedRelay): Promise<V1Client> {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  return { ...socket, say: (frame) => socket.send(JSON.stringify(frame)) }
}

/** Sends a frame. Resolves with the next one that it receives. */
export async function ask(socket: Socket, frame: unknown): Promise<unknown> {
  socket.send(JSON.stringify(frame))
  return socket.json()
}
