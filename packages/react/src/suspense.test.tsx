import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import { connectToHistory } from '../../client/src/testing/history-relay.js'
import { connectToValues } from '../../client/src/testing/value-relay.js'
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
import { deliver } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { suspended } from './testing/suspended.js'

function Text({ use }: { readonly use: () => unknown }) {
  return String(use())
}

const tree = (use: () => unknown): ReactNode => suspended(<Text use={use} />)

it('values, members and counts are awaited, then follow', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  relay.isPrompt = false
  const use = () => [
    useValue<number>('good.apple').data,
    useValues('good.*').values.size,
    usePresence('room.42').members.length,
    useMemberCount('room.42').count,
  ]
  const view = await renderWithClient(relay.client, tree(use))
  expect(view.container.textContent).toBe('waiting')
  await eventually(() => expect(relay.relay.link.all('Subscribe').length).toBeGreaterThan(0))
  relay.isPrompt = true
  relay.sync()
  await eventually(() => expect(view.container.textContent).toBe('1,1,0,0'))
  relay.write('good.apple', '2')
  await eventually(() => expect(view.container.textContent).toBe('2,1,0,0'))
  const subjects = relay.relay.link.all('Subscribe').map(({ subject }) => subject)
  expect(subjects.sort()).toEqual(['$presence.room.42.*', '$presence.room.42.*', 'good.*', 'good.apple'])
})

it('a history is awaited', async () => {
  const relay = await connectToHistory('room.1')
  relay.write('a', 'b')
  const use = () => useHistory('room.1').items.map((one) => one.text())
  const view = await renderWithClient(relay.client, tree(use))
  await eventually(() => expect(view.container.textContent).toBe('a,b'))
})

it('a subscription is awaited, and loses nothing that arrives before it is shown', async () => {
  const connected = await connect()
  connected.relay.answer = (frame) => (frame.kind === 'Subscribe' ? 'nothing' : undefined)
  const use = () => useSubscription('good.*').items.map((one) => one.text())
  const view = await renderWithClient(connected.client, tree(use))
  await eventually(() => expect(connected.relay.link.all('Subscribe')).toHaveLength(1))
  expect(view.container.textContent).toBe('waiting')
  const [subscribe] = connected.relay.link.all('Subscribe')
  connected.relay.link.send({ kind: 'Subscribed', ref: subscribe?.ref, id: 1, subject: 'good.*' })
  deliver(connected, 'first')
  await eventually(() => expect(view.container.textContent).toBe('first'))
  expect(connected.relay.link.all('Subscribe')).toHaveLength(1)
})

it('an answer and a permission are awaited', async () => {
  const { client, relay } = await connect()
  const use = () => [useRequest('math.sum', { data: [1, 2] }).data, useCan('publish', 'a').allowed]
  const view = await renderWithClient(client, tree(use))
  expect(view.container.textContent).toBe('waiting')
  await eventually(() => expect(relay.link.all('Request')).toHaveLength(1))
  relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '3' })
  await eventually(() => expect(relay.link.all('CanI')).toHaveLength(1))
  relay.link.send({ kind: 'Ack', ref: relay.link.all('CanI')[0]?.ref as number, allowed: true })
  await eventually(() => expect(view.container.textContent).toBe('3,true'))
})

it.each<[string, () => unknown]>([
  ['useSubscription', () => useSubscription('a')],
  ['useValues', () => useValues('a')],
  ['useValue', () => useValue('a')],
  ['useHistory', () => useHistory('a')],
  ['usePresence', () => usePresence('a')],
  ['useMemberCount', () => useMemberCount('a')],
  ['useRequest', () => useRequest('a', { data: 1 })],
  ['useCan', () => useCan('publish', 'a')],
])('%s throws a refusal to the error boundary', async (_, use) => {
  const { client, relay } = await connect()
  relay.answer = (frame) =>
    'ref' in frame ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false } : undefined
  const view = await renderWithClient(client, tree(use))
  await eventually(() => expect(view.container.textContent).toBe('refused forbidden'))
})

it('without a subject nothing is awaited', async () => {
  const { client, relay } = await connect()
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
  const view = await renderWithClient(client, tree(use))
  expect(view.container.textContent).toBe('0,,0,0,0,,,')
  expect(relay.link.all('Subscribe')).toEqual([])
})
