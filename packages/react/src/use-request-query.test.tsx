import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import type { Requesting } from './requesting.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type Responder, respond } from './testing/responder.js'
import { type UseRequestOptions, useRequest } from './use-request.js'

type Sum = Requesting<number[], number>

function Asker(props: {
  readonly options: UseRequestOptions<number, number[]>
  readonly seen: Sum[]
  readonly subject?: string | null
}) {
  const { subject = 'math.sum' } = props
  props.seen.push(useRequest<number[], number>(subject, props.options))
  return null
}

const last = (seen: readonly Sum[]): Sum => seen.at(-1) as Sum
const requests = ({ relay }: Tested) => relay.frames('Request')

/** A client, and another one whose answers the test gives. */
async function served(): Promise<{ readonly connected: Tested; readonly peer: Responder }> {
  const connected = await tested()
  return { connected, peer: await respond(connected, 'math.sum') }
}

const arrived = (peer: Responder, count = 1): Promise<void> => eventually(() => expect(peer.asked).toHaveLength(count))

it('with data it sends one request for all hooks, also in StrictMode', async () => {
  const { connected, peer } = await served()
  const [seen, other]: [Sum[], Sum[]] = [[], []]
  await renderWithClient(
    connected.client,
    <>
      <Asker options={{ data: [1, 2], timeoutMs: 100 }} seen={seen} />
      <Asker options={{ data: [1, 2] }} seen={other} />
    </>,
  )
  expect(seen[0]).toMatchObject({ data: undefined, pending: true, error: undefined })
  await arrived(peer)
  expect(requests(connected)).toMatchObject([{ message: '[1,2]', timeout: 100 }])
  peer.answer(3)
  for (const one of [seen, other])
    await eventually(() => expect(last(one)).toMatchObject({ data: 3, pending: false, error: undefined }))
  expect(requests(connected)).toHaveLength(1)
})

it('keeps the previous answer until other data is answered, but not that of another subject', async () => {
  const { connected, peer } = await served()
  const seen: Sum[] = []
  const view = await renderWithClient(connected.client, <Asker options={{ data: [1] }} seen={seen} />)
  await arrived(peer)
  peer.answer(1)
  await eventually(() => expect(last(seen).data).toBe(1))
  await view.show(<Asker options={{ data: [1] }} seen={seen} />)
  expect(new Set(seen.slice(-2)).size).toBe(1)
  await view.show(<Asker options={{ data: [2] }} seen={seen} />)
  expect(last(seen)).toMatchObject({ data: 1, pending: true })
  await arrived(peer, 2)
  expect(peer.asked).toEqual([[1], [2]])
  await respond(connected, 'math.product') // which gives no answer
  peer.answer(2)
  await eventually(() => expect(last(seen)).toMatchObject({ data: 2, pending: false }))
  await view.show(<Asker options={{ data: [2] }} seen={seen} subject="math.product" />)
  expect(last(seen)).toMatchObject({ data: undefined, pending: true })
})

it('returns why it failed, and refetch sends it again, once at a time', async () => {
  const connected = await tested()
  const seen: Sum[] = []
  await renderWithClient(connected.client, <Asker options={{ data: [1] }} seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ pending: false, error: { code: 'no_responders' } }))
  const peer = await respond(connected, 'math.sum')
  const both = [last(seen).refetch(), last(seen).refetch()]
  await eventually(() => expect(last(seen).pending).toBe(true))
  await arrived(peer)
  expect(requests(connected)).toHaveLength(2)
  peer.answer(1)
  await Promise.all(both)
  await eventually(() => expect(last(seen)).toMatchObject({ data: 1, pending: false, error: undefined }))
})

it('cancels a request that no hook awaits for a second, and is idle without data or subject', async () => {
  const { connected, peer } = await served()
  const seen: Sum[] = []
  const view = await renderWithClient(connected.client, <Asker options={{ data: [1] }} seen={seen} />)
  await arrived(peer)
  await view.show(<Asker options={{}} seen={seen} />)
  expect(last(seen)).toMatchObject({ data: undefined, pending: false })
  await last(seen).refetch()
  await eventually(() => expect(connected.relay.frames('Cancel')).toHaveLength(1))
  await view.show(<Asker options={{ data: [1] }} seen={seen} subject={null} />)
  expect(last(seen)).toMatchObject({ data: undefined, pending: false })
  await expect(last(seen).call([1])).rejects.toMatchObject({ code: 'invalid_subject' })
  expect(requests(connected)).toHaveLength(1)
})

it('call sends another request, without a change of the state', async () => {
  const { connected, peer } = await served()
  const seen: Sum[] = []
  await renderWithClient(connected.client, <Asker options={{ data: [1] }} seen={seen} />)
  await arrived(peer)
  peer.answer(1)
  await eventually(() => expect(last(seen).data).toBe(1))
  const other = last(seen).call([2])
  await arrived(peer, 2)
  peer.answer(2)
  expect((await other).data).toBe(2)
  expect(last(seen)).toMatchObject({ data: 1, pending: false })
})
