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

it('MQTT 3.1.1 has no groups, headers, nor subjects to answer on, and says so (SP-BRK-10)', async () => {
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

it('a question of MQTT 3.1.1 is answered by strangers as the original does', async () => {
  const { request } = await mqttLink(server.url, { version })
  const there = await spy(server.port, 'request/+/math/sum', [])
  const answer = request('math.sum', '1+2')
  const question = await there.next()
  expect([question.topic, question.payload.toString()]).toEqual([expect.stringMatching(/^request\/[^/]{26}\//), '1+2'])
  await mosquittoPub(server.port, question.topic.replace('request', 'response'), '3')
  expect(text(await answer)).toBe('3')
})

it('a question of MQTT 3.1.1 goes to the servers of all relays, and the first answer counts', async () => {
  const links = await Promise.all([1, 2, 3].map(() => mqttLink(server.url, { version })))
  const [asking, ...serving] = links as [(typeof links)[0], ...typeof links]
  let taken = 0
  for (const { serve } of serving)
    await serve('shared.work', (question) => {
      taken++
      return [{ payload: `${text(question)}!` }]
    })
  expect(text(await asking.request('shared.work', 'hey'))).toBe('hey!')
  await expect.poll(() => taken).toBe(2)
})
