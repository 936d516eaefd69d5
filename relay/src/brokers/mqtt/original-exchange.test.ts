import { encode } from '@msgpack/msgpack'
import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { Addresses } from './addresses.js'
import { envelope } from './form.js'
import { OriginalExchange } from './original-exchange.js'
import { serverOf } from './server.js'
import type { MqttWire } from './wire.js'

const nothing = async (): Promise<void> => {}

function openExchange(maxPayload: number) {
  const dropped: string[] = []
  const wire: MqttWire = {
    server: serverOf({}, 4),
    subscribe: nothing,
    unsubscribe: nothing,
    publish: async () => true,
    subscribeRetained: async () => {},
    mark: async () => {},
    close: nothing,
  }
  const exchange = new OriginalExchange({
    wire,
    routes: { add: () => ({ confirmed: nothing(), end: nothing }), mark: nothing, close: nothing },
    form: envelope,
    clock: fakeClock(),
    newId: () => 'id',
    addresses: { requests: new Addresses(), messages: new Addresses() },
    maxPayload,
    dropped: (why) => dropped.push(why),
  })
  return { exchange, dropped }
}

it('an envelope of the longest payload is read, and a longer one is not decoded', () => {
  const { exchange, dropped } = openExchange(1000)
  const packetOf = (payload: Buffer) => ({ topic: 'a', payload })
  const payload = Buffer.alloc(1000, 0xff)
  const longest = envelope.write({ subject: parseSubject('a'), payload, responseSubject: parseSubject('b') })
  expect(exchange.read(packetOf(longest as Buffer))).toMatchObject({ subject: 'a', responseSubject: 'b' })
  expect(exchange.read(packetOf(Buffer.alloc(5000, 0xc1)))).toBeUndefined()
  expect(exchange.read(packetOf(Buffer.from(encode([Array(5000).fill(1), 'a', null, null]))))).toBeUndefined()
  expect(dropped).toEqual(['too_large', 'too_large'])
})
