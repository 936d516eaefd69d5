import { createClient } from '@wildcast/client'
import { presence } from '@wildcast/client/presence'
import { values } from '@wildcast/client/values'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { http, mqtt, newId, realClock, valueEndpoint, websocket } from '../../src/index.js'
import { run } from '../command.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { client } from '../v1-client.js'

// Values of an MQTT server, as the clients of a relay have them.

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto()
  return server.kill
})

const start = (): Promise<StartedRelay> =>
  startRelay({
    brokers: { main: mqtt({ address: server.url }, { clock: realClock, newId }) },
    gateways: [http, valueEndpoint, websocket({ mode: 'json' })],
  })

it('a client reads the values, then their changes, which have no revision', async () => {
  const socket = await client(await start())
  socket.say({ Connect: {} })
  expect(await socket.json()).toMatchObject({ Welcome: {} })
  socket.say({ Publish: { ref: 1, subject: 'lamp.1', message: 'on', retain: true } })
  expect(await socket.json()).toEqual({ Ack: { ref: 1 } })
  socket.say({ Subscribe: { ref: 2, subject: 'lamp.*', retained: true } })
  const subject = 'lamp.1'
  const about = { subject, broker: 'main' }
  const { Subscribed } = (await socket.json()) as { Subscribed: { id: number } }
  const { id } = Subscribed
  expect(await socket.json()).toEqual({ Message: { id, ref: 2, retained: true, message: 'on', ...about } })
  expect(await socket.json()).toEqual({ Synced: { ref: 2, id } })
  await mosquittoPub(server.port, 'lamp/1', 'off', ['-r'])
  expect(await socket.json()).toEqual({ Message: { id, retained: true, message: 'off', ...about } })
  socket.say({ Publish: { subject, message: 'plain' } })
  expect(await socket.json()).toEqual({ Message: { id, message: 'plain', ...about } })
  socket.say({ Subscribe: { ref: 3, subject: 'lamp.*', snapshot: true } })
  expect(await socket.json()).toMatchObject({ Subscribed: { ref: 3 } })
  expect(await socket.json()).toEqual({ Message: { ref: 3, retained: true, message: 'off', ...about } })
  expect(await socket.json()).toEqual({ Synced: { ref: 3 } })
  socket.say({ Publish: { ref: 4, subject, message: '', retain: true } })
  expect(await socket.json()).toEqual({ Message: { id, retained: true, deleted: true, message: '', ...about } })
  expect(await socket.json()).toEqual({ Ack: { ref: 4 } })
})

it.each([
  ['when', { when: null }, 'conditions'],
  ['when_revision', { when_revision: 'x' }, 'conditions'],
  ['watch', { when: null, watch: true }, 'conditions'],
  ['will', { will: null }, 'conditions'],
  ['ttl', { ttl: 1000 }, 'expiry'],
])('a publish with "%s" is refused with the reason', async (_, fields, why) => {
  const socket = await client(await start())
  socket.say({ Connect: {} })
  await socket.json()
  socket.say({ Publish: { ref: 1, subject: 'lamp.2', message: 'on', retain: true, ...fields } })
  const refusal = { ref: 1, code: 'unsupported', message: expect.stringContaining(why) }
  expect(await socket.json()).toMatchObject({ Error: refusal })
})

it('the SDK gets, sets, deletes and watches values, and refuses presence', async () => {
  const { address } = await start()
  const sdk = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => sdk.close())
  const store = values(sdk)
  expect(await store.set('sdk.1', { on: true })).toEqual({ revision: undefined })
  await store.set('sdk.2', 2)
  expect(await store.get('sdk.1')).toMatchObject({ data: { on: true }, retained: true, revision: undefined })
  const watched = store.watch('sdk.*')
  await watched.synced
  const shown = () => Object.fromEntries([...watched.all].map(([subject, { data }]) => [subject, data]))
  expect(shown()).toEqual({ 'sdk.1': { on: true }, 'sdk.2': 2 })
  await sdk.publish('sdk.1', 'plain')
  await store.delete('sdk.2')
  await store.set('sdk.3', 3)
  await expect.poll(shown).toEqual({ 'sdk.1': { on: true }, 'sdk.3': 3 })
  expect(await store.get('sdk.2')).toBeUndefined()
  await expect(store.set('sdk.1', 1, { when: null })).rejects.toMatchObject({ code: 'unsupported' })
  const room = presence(sdk, 'room')
  room.onChange(() => {})
  await expect.poll(() => room.error?.message).toContain('presence needs conditions, which MQTT does not have')
  await expect(room.enter({})).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('conditions'),
  })
})

it('the SDK watches the values that match a filter, and drops those that no longer do', async () => {
  const { address } = await start()
  const sdk = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => sdk.close())
  const store = values(sdk)
  await store.set('order.1', { open: true })
  await store.set('order.2', { open: false })
  const watched = store.watch('order.*', { filter: { open: true } })
  await watched.synced
  const shown = () => [...watched.all.keys()].sort()
  expect(shown()).toEqual(['order.1'])
  await store.set('order.2', { open: true })
  await expect.poll(shown).toEqual(['order.1', 'order.2'])
  await store.set('order.1', { open: false })
  await store.delete('order.2')
  await expect.poll(shown).toEqual([])
})

it('HTTP reads, writes and deletes a value, without an ETag and conditions', async () => {
  const { address } = await start()
  const url = `http://${address}/value/http.1`
  expect((await fetch(url)).status).toBe(404)
  expect((await fetch(url, { method: 'PUT', body: 'on' })).status).toBe(204)
  const found = await fetch(url)
  expect([found.status, found.headers.get('etag'), await found.text()]).toEqual([200, null, 'on'])
  expect((await fetch(url, { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
  for (const headers of [{ 'if-match': '"x"' }, { 'if-none-match': '*' }])
    expect((await fetch(url, { method: 'PUT', body: 'x', headers })).status).toBe(501)
  expect((await fetch(`${url}?ttl=1000`, { method: 'PUT', body: 'x' })).status).toBe(501)
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
  expect((await fetch(url)).status).toBe(404)
})

it('the command line sets, gets and deletes a value', async () => {
  const { address } = await start()
  const command = (...args: readonly string[]) => run(args, { env: { WILDCAST_URL: `ws://${address}` } })
  expect(await command('set', 'cli.1', 'on')).toEqual({ code: 0, out: '', err: '' })
  expect(await command('get', 'cli.1')).toEqual({ code: 0, out: 'on\n', err: '' })
  expect(await command('del', 'cli.1')).toEqual({ code: 0, out: '', err: '' })
  expect(await command('get', 'cli.1')).toMatchObject({ code: 1 })
})
