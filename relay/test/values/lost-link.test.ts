import { type Continuity, createClient } from '@wildcast/client'
import { memberCount, presence } from '@wildcast/client/presence'
import { values } from '@wildcast/client/values'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { newId, realClock, redis } from '../../src/index.js'
import { startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { startRelay } from '../start-relay.js'

it('subscriptions, values and counts are stale while Redis is gone, then follow it to what it has kept', async () => {
  const server = await startRedis()
  onTestFinished(server.stop)
  const { address } = await startRelay({ brokers: { main: redis({ url: server.url }, { clock: realClock, newId }) } })
  const client = createClient({ url: `ws://${address}`, WebSocket, onError() {} })
  onTestFinished(() => client.close())
  const store = values(client)
  await store.set('lamp.1', 'kept')
  await presence(client, 'room').enter()
  await redisCli(server.url, ['SAVE'])
  await store.set('lamp.1', 'lost')
  await store.set('lamp.2', 'lost')
  const continuity: Continuity[] = []
  client.subscribe('lamp.*', () => {}, { onContinuity: (now) => continuity.push(now.continuity) })
  const lamps = store.watch('lamp.*')
  const count = memberCount(client, 'room')
  await lamps.synced
  await expect.poll(() => [count.count, count.status]).toEqual([1, 'synced'])
  const shown = (): object => Object.fromEntries([...lamps.all].map(([subject, { data }]) => [subject, data]))
  expect(shown()).toEqual({ 'lamp.1': 'lost', 'lamp.2': 'lost' })

  await server.kill()
  await expect.poll(() => [continuity.at(-1), lamps.status, count.status]).toEqual(['stale', 'stale', 'stale'])
  expect(shown()).toEqual({ 'lamp.1': 'lost', 'lamp.2': 'lost' })
  const late = store.watch('lamp.*')
  await server.restart()
  await expect.poll(() => [lamps.status, count.status, late.status]).toEqual(['synced', 'synced', 'synced'])
  expect(shown()).toEqual({ 'lamp.1': 'kept' })
  expect([...late.all.keys()]).toEqual(['lamp.1'])
  expect(count.count).toBe(1)
  expect(continuity.at(-1)).toBe('gap')
  await store.set('lamp.1', 'next')
  await expect.poll(() => [shown(), continuity.at(-1)]).toEqual([{ 'lamp.1': 'next' }, 'live'])
})
