import { expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { expectAlive } from './bystander.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { openProxy } from './servers/tcp-proxy.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'

it('a client on a half-open connection is closed within two heartbeats, and the others stay (N1, N2)', async () => {
  const clock = fakeClock()
  const broker = scriptedBroker()
  const relay = await startRelay({ clock, brokers: { main: broker.open } })
  const proxy = endsWithTest(await openProxy(relay.port))
  const far = await connect(`ws://127.0.0.1:${proxy.port}/ws`, 'wildcast.v1+json')
  const near = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  for (const [socket, subject] of [
    [far, 'far'],
    [near, 'near'],
  ] as const) {
    socket.send(JSON.stringify({ Subscribe: { ref: 1, subject } }))
    expect(await socket.json()).toMatchObject({ Subscribed: { ref: 1 } })
  }
  proxy.stall()
  broker.deliver('far', { subject: 'far' as never, payload: 'on its way' })
  // The near client answers its pings meanwhile.
  for (let seconds = 0; seconds < 60; seconds += 5) {
    clock.advance(5000)
    await expectAlive(near)
  }
  await expect
    .poll(() => {
      clock.advance(1000) // for its interest, which lingers
      return broker.log
    })
    .toContain('-far')
  expect(broker.log).not.toContain('-near')
  proxy.flow()
  await far.closed
  expect(far.waiting.filter((text) => String(text).includes('Message'))).toHaveLength(1)
})
