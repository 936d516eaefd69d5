import { encode } from '@msgpack/msgpack'
import { expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'

const publish = { Publish: { ref: 1, subject: 'a', message: '' } }

it.each([
  ['wildcast.v1+json', (frame: unknown) => JSON.stringify(frame)],
  ['wildcast.v1+msgpack', (frame: unknown) => encode(frame)],
])('a long test sees no heartbeat, and its socket does not time out: %s', async (codec, encoded) => {
  const clock = fakeClock()
  const relay = await startRelay({ clock })
  const socket = await connect(`ws://${relay.address}/ws`, codec)
  const acknowledged = async (): Promise<string | Buffer> => {
    socket.send(encoded(publish))
    return socket.next()
  }
  const ack = await acknowledged()
  expect(String(ack)).toContain('Ack')
  for (let i = 0; i < 5; i++) {
    clock.advance(25_000)
    // The heartbeat is sent before this, and answered before the clock moves again.
    expect(await acknowledged()).toEqual(ack)
  }
})
