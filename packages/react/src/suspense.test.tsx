import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import {
  useCan,
  useHistory,
  useMemberCount,
  usePresence,
  useRequest,
  useSubscription,
  useValue,
  useValues,
} from './suspense.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { respond } from './testing/responder.js'
import { suspended } from './testing/suspended.js'

function Text({ use }: { readonly use: () => unknown }) {
  return String(use())
}

const tree = (use: () => unknown): ReactNode => suspended(<Text use={use} />)

const subscribed = ({ relay }: Tested): string[] => relay.frames('Subscribe').map(({ subject }) => subject)

it('values, members and counts are awaited, then follow', async () => {
  const connected = await tested()
  const { client, relay, clock } = connected
  await relay.publish('good.apple', 1, { retain: true })
  relay.delay(1000)
  const use = () => [
    useValue<number>('good.apple').data,
    useValues('good.*').values.size,
    usePresence('room.42').members.length,
    useMemberCount('room.42').count,
  ]
  const view = await renderWithClient(client, tree(use))
  expect(view.container.textContent).toBe('waiting')
  await eventually(async () => {
    await clock.advance(1000)
    expect(view.container.textContent).toBe('1,1,0,0')
  })
  await relay.publish('good.apple', 2, { retain: true })
  await clock.advance(1000)
  await eventually(() => expect(view.container.textContent).toBe('2,1,0,0'))
  const subjects = subscribed(connected).sort()
  expect(subjects).toEqual(['$presence.room.42.*', '$presence.room.42.*', 'good.*', 'good.apple'])
})

it('a history is awaited', async () => {
  const { client, relay } = await tested({ history: [{ subjects: 'room.*', messages: 10 }] })
  for (const text of ['a', 'b']) await relay.publish('room.1', text)
  const use = () => useHistory('room.1').items.map((one) => one.text())
  const view = await renderWithClient(client, tree(use))
  await eventually(() => expect(view.container.textContent).toBe('a,b'))
})

it('a subscription is awaited, and loses nothing that arrives before it is shown', async () => {
  const connected = await tested()
  const { client, relay, clock } = connected
  relay.delay(1000)
  const use = () => useSubscription('good.*').items.map((one) => one.text())
  const view = await renderWithClient(client, tree(use))
  await eventually(() => expect(subscribed(connected)).toHaveLength(1))
  await clock.advance(1000)
  expect(view.container.textContent).toBe('waiting')
  await relay.publish('good.apple', 'first') // right after the answer to the subscription
  await clock.advance(1000)
  await eventually(() => expect(view.container.textContent).toBe('first'))
  expect(subscribed(connected)).toHaveLength(1)
})

it('an answer and a permission are awaited', async () => {
  const connected = await tested()
  const peer = await respond(connected, 'math.sum')
  const use = () => [useRequest('math.sum', { data: [1, 2] }).data, useCan('publish', 'a').allowed]
  const view = await renderWithClient(connected.client, tree(use))
  await eventually(() => expect(peer.asked).toEqual([[1, 2]]))
  expect(view.container.textContent).toBe('waiting')
  peer.answer(3)
  await eventually(() => expect(view.container.textContent).toBe('3,true'))
})

it.each<[string, string, () => unknown]>([
  ['useSubscription', 'forbidden', () => useSubscription('a')],
  ['useValues', 'forbidden', () => useValues('a')],
  ['useValue', 'forbidden', () => useValue('a')],
  ['useHistory', 'forbidden', () => useHistory('a')],
  ['usePresence', 'forbidden', () => usePresence('a')],
  ['useMemberCount', 'forbidden', () => useMemberCount('a')],
  ['useRequest', 'forbidden', () => useRequest('a', { data: 1 })],
  ['useCan', 'invalid_subject', () => useCan('publish', 'a..b')],
])('%s throws the refusal %s to the error boundary', async (_, code, use) => {
  const { client } = await tested({ auth: { anonymous: {} }, history: [{ subjects: '**', messages: 10 }] })
  const view = await renderWithClient(client, tree(use))
  await eventually(() => expect(view.container.textContent).toBe(`refused ${code}`))
})

it('without a subject nothing is awaited', async () => {
  const connected = await tested()
  const use = () => [
    useSubscription(null).items.length,
    useValue(null).data,
    useValues(null).values.size,
    useHistory(null).items.length,
    usePresence(null).members.length,
    useMemberCount(null).count,
    useRequest(null, { data: 1 }).data,
    useCan('publish', null).allowed,
  ]
  const view = await renderWithClient(connected.client, tree(use))
  expect(view.container.textContent).toBe('0,,0,0,0,,,')
  expect(subscribed(connected)).toEqual([])
})
