import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { createRelay } from '../../core/relay.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { health } from './health.js'

it('a relay that shuts down is alive, but not ready', async () => {
  const clock = fakeClock()
  const newId = (): string => 'id'
  const relay = await createRelay({ brokers: { main: memory({ clock, newId }) }, newId, clock, onError: () => {} })
  const [routes, closing] = [new Hono(), new AbortController()]
  health({ routes, closing: closing.signal, onUpgrade: () => {}, stayFor: () => {} }, relay)
  expect((await routes.request('/readyz')).status).toBe(200)
  closing.abort()
  for (const url of ['/readyz', '/readyz?broker=main']) {
    const answer = await routes.request(url)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      status: 'not ready',
      parts: [{ name: 'the relay', status: 'down', cause: 'it goes away' }],
    })
  }
  expect((await routes.request('/healthz')).status).toBe(200)
})
