import { type ContractSchema, defineContract, type } from '@wildcast/contract'
import { createTestRelay } from '@wildcast/testing'
import { renderToString } from 'react-dom/server'
import { expect, it, onTestFinished } from 'vitest'
import { createHooks } from './contract.js'
import { WildcastProvider } from './provider.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'

interface Chat {
  readonly text: string
}

const chat: ContractSchema<Chat> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (data) =>
      typeof Object(data).text === 'string'
        ? { value: data as Chat }
        : { issues: [{ message: 'must be a string', path: ['text'] }] },
  },
}
const api = defineContract({
  'room.{room}.msg': { message: chat },
  'room.{room}': { presence: type<{ readonly name: string }>() },
  'price.*': { value: type<number>() },
  'math.sum': { request: type<readonly number[]>(), reply: type<number>() },
})
const hooks = createHooks(api)

function Room({ id }: { readonly id: string }) {
  const { items } = hooks.useSubscription('room.{room}.msg')
  const send = hooks.usePublish('room.{room}.msg')
  const { members } = hooks.usePresence(`room.${id}`, { name: 'Ada' })
  const { data: price, set } = hooks.useValue('price.apple')
  hooks.useServe('math.sum', ({ data }) => data.reduce((sum, one) => sum + one, 0))
  const { data: sum, call } = hooks.useRequest('math.sum')
  const rows = items.map(({ key, params, data }) => <li key={key}>{`${params.room}: ${data.text}`}</li>)
  return (
    <>
      <button
        type="button"
        onClick={() => {
          send({ room: id }, { text: 'hi' })
          set(3).catch(() => {})
          call([1, 2]).catch(() => {})
        }}
      >
        send
      </button>
      <p>{`${members.map(({ data }) => data.name)} ${price} ${sum}`}</p>
      <ul>{rows}</ul>
    </>
  )
}

it('typed hooks and the relay share a contract: what fits is shown, what does not is refused or left out', async () => {
  const relay = await createTestRelay({ contract: api })
  onTestFinished(() => relay.close())
  const errors: string[] = []
  const client = relay.createClient({ contract: api, onError: ({ message }) => errors.push(message) })
  const { container } = await renderWithClient(client, <Room id="42" />)
  await eventually(() => expect(container.querySelector('p')?.textContent).toBe('Ada undefined undefined'))
  container.querySelector('button')?.click()
  await eventually(() => expect(container.querySelector('p')?.textContent).toBe('Ada 3 3'))
  await relay.publish('room.7.msg', { text: 5 })
  await relay.publish('room.7.msg', { text: 'yo' })
  await eventually(() => expect(container.querySelector('ul')?.textContent).toBe('42: hi7: yo'))
  expect(errors).toEqual(['room.7.msg: "text" must be a string'])
  // @ts-expect-error a text is needed
  await expect(client.publish('room.7.msg', { text: 5 })).rejects.toMatchObject({ code: 'invalid_payload' })
  const careless = relay.createClient()
  await expect(careless.publish('room.7.msg', { text: 5 })).rejects.toMatchObject({ code: 'invalid_payload' })
})

function Sender() {
  hooks.usePublish('room.{room}.msg')
  return null
}

it.each([<Room id="42" key="room" />, <Sender key="sender" />])(
  'names the remedy without a contract of the client',
  async (page) => {
    const relay = await createTestRelay({ contract: api })
    onTestFinished(() => relay.close())
    const render = () => renderToString(<WildcastProvider client={relay.createClient()}>{page}</WildcastProvider>)
    const remedy = 'hooks with a contract need a client with the contract: createClient({ url, contract })'
    expect(render).toThrow(new TypeError(remedy))
  },
)
