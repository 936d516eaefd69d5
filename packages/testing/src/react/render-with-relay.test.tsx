import { usePublish, useSubscription } from '@wildcast/react'
import { useValue } from '@wildcast/react/values'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTestRelay } from '../create-test-relay.js'
import type { TestRelay } from '../test-relay.js'
import { flushRelay } from './flush.js'
import { relayWrapper, renderWithRelay } from './render-with-relay.js'

async function open(): Promise<TestRelay> {
  const relay = await createTestRelay()
  onTestFinished(() => relay.close())
  return relay
}

function Goods() {
  const { items, status } = useSubscription<{ price: number }>('good.*')
  return <p>{[status, ...items.map(({ data }) => data.price)].join(' ')}</p>
}

function Lamp() {
  const { data, set } = useValue<string>('lamp')
  const send = usePublish('clicks')
  return (
    <button type="button" onClick={() => void Promise.all([set('on'), send(1)])}>
      {data ?? 'off'}
    </button>
  )
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('renderWithRelay', () => {
  it('shows messages after a flush, and warns of nothing', async () => {
    const error = vi.spyOn(console, 'error')
    const relay = await open()
    const { container, flush } = await renderWithRelay(
      <StrictMode>
        <Goods />
      </StrictMode>,
      { relay },
    )
    expect(container.textContent).toBe('ready')
    await relay.publish('good.apple', { price: 3 })
    await flush()
    expect(container.textContent).toBe('ready 3')
    expect(relay.frames('Subscribe')).toHaveLength(1)
    expect(error).not.toHaveBeenCalled()
  })

  it('sends what a click publishes, and shows the value that it sets', async () => {
    const relay = await open()
    const { container, flush } = await renderWithRelay(<Lamp />, { relay })
    container.querySelector('button')?.click()
    await flush()
    expect(container.textContent).toBe('on')
    expect(relay.published('clicks')).toHaveLength(1)
    expect(relay.published('lamp')).toMatchObject([{ data: 'on', retained: true }])
  })

  it('lets time pass: a lost connection is back', async () => {
    const relay = await open()
    const { container, flush } = await renderWithRelay(<Goods />, { relay })
    relay.cut({ forMs: 1000 })
    await flush()
    expect(container.textContent).toBe('reconnecting')
    await relay.publish('good.apple', { price: 3 })
    await flush(10_000)
    expect(container.textContent).toBe('ready 3')
  })

  it('renders something else with the same client, and removes it', async () => {
    const relay = await open()
    const { container, rerender, unmount, client } = await renderWithRelay(<Goods />, { relay })
    await rerender(<Lamp />)
    expect(container.textContent).toBe('off')
    expect(client.status.state).toBe('online')
    expect(relay.connections).toBe(1)
    await unmount()
    expect(container.isConnected).toBe(false)
  })

  it('works under fake timers of the test', async () => {
    vi.useFakeTimers()
    const relay = await open()
    const { container, flush } = await renderWithRelay(<Goods />, { relay })
    await relay.publish('good.apple', { price: 3 })
    await flush()
    expect(container.textContent).toBe('ready 3')
  })
})

it('relayWrapper gives other renderers a client', async () => {
  const relay = await open()
  const Wrapper = relayWrapper(relay)
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  onTestFinished(() => root.unmount())
  root.render(
    <Wrapper>
      <Goods />
    </Wrapper>,
  )
  await vi.waitFor(() => expect(container.textContent).toBe('ready'))
  await relay.publish('good.apple', { price: 3 })
  await flushRelay(relay)
  expect(container.textContent).toBe('ready 3')
})
