import { defineContract, type } from '@wildcast/contract'
import { createTestRelay } from '@wildcast/testing'
import { expect, it, onTestFinished } from 'vitest'
import { createSuspenseHooks } from '../suspense.js'
import { eventually } from '../testing/eventually.js'
import { renderWithClient } from '../testing/render-with-client.js'
import { suspended } from '../testing/suspended.js'

const api = defineContract({
  'price.*': { value: type<number>() },
  'room.{room}.msg': { message: type<string>() },
})
const { useSubscription, useValues } = createSuspenseHooks(api)

function Prices() {
  const { values } = useValues('price.*')
  const total = [...values.values()].reduce((sum, { data }) => sum + data, 0)
  return <p>{total}</p>
}

function Rooms() {
  const { items } = useSubscription('room.{room}.msg')
  return <p>{items.map(({ params, data }) => `${params.room}: ${data}`).join()}</p>
}

it('typed hooks suspend until they have something to show, and follow', async () => {
  const relay = await createTestRelay({ contract: api })
  onTestFinished(() => relay.close())
  const client = relay.createClient({ contract: api })
  const { container } = await renderWithClient(client, suspended([<Prices key="prices" />, <Rooms key="rooms" />]))
  await eventually(() => expect(container.textContent).toBe('0'))
  await client.publish('room.42.msg', 'hi')
  await eventually(() => expect(container.textContent).toBe('042: hi'))
})

it('a refusal of typed hooks reaches the error boundary', async () => {
  const relay = await createTestRelay({ contract: api })
  onTestFinished(() => relay.close())
  relay.refuse('subscribe', 'price.*')
  const { container } = await renderWithClient(relay.createClient({ contract: api }), suspended(<Prices />))
  await eventually(() => expect(container.textContent).toBe('refused forbidden'))
})
