import { defineContract, type } from '@wildcast/contract'
import { usePublish, useSubscription } from '@wildcast/react'
import { createHooks } from '@wildcast/react/contract'
import { useValue } from '@wildcast/react/values'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTestRelay } from '../create-test-relay.js'
import type { TestRelay, TestRelayOptions } from '../test-relay.js'
import { flushRelay } from './flush.js'
import { relayWrapper, renderWithRelay } from './render-with-relay.js'

async function open(options?: TestRelayOptions): Promise<TestRelay> {
  const relay = await createTestRelay(options)
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

const api = defineContract({ 'room.{room}.msg': { message: type<{ readonly text: string }>() } })
const typed = createHooks(api)

function Chat() {
  const { items } = typed.useSubscription('room.{room}.msg')
  return <p>{items.map(({ params, data }) => `${params.room}: ${data.text}`).join()}</p>
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

  it.each<[string, TestRelayOptions['contract']]>([
    ['alone', api],
    ['with settings', { contract: api, undeclared: 'refuse' }],
  ])('gives the contract of the relay, which was given %s, to its client', async (_, contract) => {
    const relay = await open({ contract })
    const { container, flush } = await renderWithRelay(<Chat />, { relay })
    await relay.publish('room.7.msg', { text: 'hi' })
    await flush()
    expect(container.textContent).toBe('7: hi')
  })

  it('returns the given client with its types', async () => {
    const relay = await open({ contract: api })
    const { client } = await renderWithRelay(<Chat />, { relay, client: relay.createClient({ contract: api }) })
    // @ts-expect-error no entry of the contract has messages at 'hall.7'
    client.subscribe('hall.7', () => {})
    const subject = client.contract.subject('room.{room}.msg', { room: 7 })
    await client.publish(subject, { text: 'hi' })
    relay.cut({ client })
    expect(relay.published(subject)).toHaveLength(1)
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
