import { parsePattern } from '@wildcast/protocol'
import { beforeAll, expect, it } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { deaf } from '../../src/testing/listener.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { text } from './link.js'
import { mqttLink, outside, spy } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto()
  return server.stop
})

brokerContract('MQTT 3.1.1', {
  open: (clock = realClock) => mqtt({ address: server.url, version: '3.1.1' }, { clock, newId }),
  outside: outside(() => server),
  knowsServers: false,
  mostSegments: 196,
})

const version = '3.1.1'

it('MQTT 3.1.1 refuses groups, headers and response subjects (SP-BRK-10)', async () => {
  const { broker, listen, publish } = await mqttLink(server.url, { version })
  const inbox = await listen('**')
  const unsupported = { code: 'unsupported', message: expect.stringContaining('3.1.1') }
  const group = broker.subscribe({ pattern: parsePattern('job'), group: 'workers' }, deaf)
  await expect(group).rejects.toMatchObject(unsupported)
  await expect(publish('a', '', { headers: [['a', 'b']] })).rejects.toMatchObject(unsupported)
  await expect(publish('a', '', { responseSubject: 'b' as never })).rejects.toMatchObject(unsupported)
  await publish('a', 'here')
  expect((await inbox.take(1)).map(text)).toEqual(['here'])
})

it("a request of MQTT 3.1.1 is answered by other clients in the original's form", async () => {
  const { request } = await mqttLink(server.url, { version })
  const other = await spy(server.port, 'request/+/math/sum', [])
  const answer = request('math.sum', '1+2')
  const received = await other.next()
  expect(received.topic).toMatch(/^request\/[^/]{26}\//)
  expect(received.payload.toString()).toBe('1+2')
  await mosquittoPub(server.port, received.topic.replace('request', 'response'), '3')
  expect(text(await answer)).toBe('3')
})

it('a request of MQTT 3.1.1 goes to the responders of all relays, and the first answer counts', async () => {
  const links = await Promise.all([1, 2, 3].map(() => mqttLink(server.url, { version })))
  const [requester, ...responders] = links as [(typeof links)[0], ...typeof links]
  let taken = 0
  for (const { serve } of responders)
    await serve('shared.work', (received) => {
      taken++
      return [{ payload: `${text(received)}!` }]
    })
  expect(text(await requester.request('shared.work', 'hey'))).toBe('hey!')
  await expect.poll(() => taken).toBe(2)
})
