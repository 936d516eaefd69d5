import { expect } from 'vitest'
import { connect, type Socket } from './socket.js'
import type { StartedRelay } from './start-relay.js'

/** Another client of the same relay, which must notice nothing. */
export async function bystander(relay: StartedRelay): Promise<() => Promise<void>> {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  let ref = 0
  return async () => {
    socket.send(JSON.stringify({ Publish: { ref: ++ref, subject: 'bystander', message: '' } }))
    expect(await socket.json()).toEqual({ Ack: { ref } })
  }
}

/** Expects that the connection still works. */
export async function expectAlive(socket: Socket): Promise<void> {
  socket.send('{"Publish":{"ref":77,"subject":"alive","message":""}}')
  expect(await socket.json()).toEqual({ Ack: { ref: 77 } })
}
