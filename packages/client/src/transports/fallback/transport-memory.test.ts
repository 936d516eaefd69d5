import { afterEach, describe, expect, test, vi } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.js'
import { openTransportMemory } from './transport-memory.js'

const memoryOf = (url: string, clock = createFakeClock()) => openTransportMemory(() => url, clock)

describe.each([
  ['with', {}],
  ['without', undefined],
])('in a tab %s storage', (_, storage) => {
  afterEach(() => vi.unstubAllGlobals())

  test('a refusal is remembered for ten minutes', async () => {
    vi.stubGlobal('sessionStorage', storage && { ...storage })
    const clock = createFakeClock()
    const memory = memoryOf('ws://relay.test/ws', clock)
    expect(memory.blocked).toBe(false)
    memory.remember(true)
    await clock.advance(599_999)
    expect(memory.blocked).toBe(true)
    await clock.advance(1)
    expect(memory.blocked).toBe(false)
  })
  test('a refusal is forgotten at once when a WebSocket opens', () => {
    vi.stubGlobal('sessionStorage', storage && { ...storage })
    const memory = memoryOf('ws://relay.test/ws')
    memory.remember(true)
    memory.remember(false)
    expect(memory.blocked).toBe(false)
  })
  test('a refusal is forgotten when the clock is set back', () => {
    vi.stubGlobal('sessionStorage', storage && { ...storage })
    const clock = createFakeClock()
    const memory = memoryOf('ws://relay.test/ws', clock)
    memory.remember(true)
    clock.set(clock.now() - 86_400_000)
    expect(memory.blocked).toBe(false)
  })
})

test('pages of a tab share the memory of an origin', () => {
  vi.stubGlobal('sessionStorage', {})
  memoryOf('ws://relay.test/ws').remember(true)
  expect(memoryOf('ws://relay.test/other').blocked).toBe(true)
  expect(memoryOf('ws://relay.test:8080/ws').blocked).toBe(false)
  expect(memoryOf('wss://relay.test/ws').blocked).toBe(false)
  vi.unstubAllGlobals()
})

test('the storage is not read before it is needed', async () => {
  const read = vi.fn()
  const storage = new Proxy({}, { get: read })
  vi.stubGlobal('sessionStorage', storage)
  vi.resetModules()
  const { createClient } = await import('../../index.js')
  const client = createClient({ url: 'ws://relay.test' })
  expect(read).not.toHaveBeenCalled()
  client.close()
  vi.unstubAllGlobals()
})
