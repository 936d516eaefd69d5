import { presence } from '@wildcast/client/presence'
import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type PresenceView, usePresence } from './use-presence.js'

function PresenceRecorder(props: {
  readonly subject: string | null
  readonly data?: unknown
  readonly seen: PresenceView[]
}) {
  props.seen.push(usePresence(props.subject, props.data))
  return null
}
const last = (seen: readonly PresenceView[]): PresenceView => seen.at(-1) as PresenceView
const entered = ({ relay }: Tested): unknown[] => relay.frames('Enter').map(({ message }) => message)
const rules = { presence: ['**'], subscribe: ['**'] }
const tokens = { ada: { user: 'ada', ...rules }, bob: { user: 'bob', ...rules } }
const connected = (): Promise<Tested> => tested({ auth: { tokens }, client: { token: 'ada' } })

it('usePresence enters once, also in StrictMode, and has the members', async () => {
  const relay = await connected()
  await presence(relay.relay.createClient({ token: 'bob' }), 'room').enter({ name: 'Bob' })
  const seen: PresenceView[] = []
  await renderWithClient(relay.client, <PresenceRecorder subject="room" data={{ name: 'Ada' }} seen={seen} />)
  expect(seen[0]).toMatchObject({ members: [], self: undefined, status: 'loading' })
  await eventually(() => expect(last(seen).members.map(({ user }) => user)).toEqual(['ada', 'bob']))
  expect(last(seen)).toMatchObject({ status: 'synced', self: { user: 'ada', data: { name: 'Ada' } } })
  expect(entered(relay)).toEqual(['{"name":"Bob"}', '{"name":"Ada"}'])
})

it('a change of the data is sent once, and an equal literal is not', async () => {
  const relay = await connected()
  const seen: PresenceView[] = []
  const view = await renderWithClient(relay.client, <PresenceRecorder subject="room" data={{ at: 1 }} seen={seen} />)
  await view.show(<PresenceRecorder subject="room" data={{ at: 1 }} seen={seen} />)
  await view.show(<PresenceRecorder subject="room" data={{ at: 2 }} seen={seen} />)
  await eventually(() => expect(last(seen).self?.data).toEqual({ at: 2 }))
  const { update } = last(seen)
  update({ at: 3 })
  await eventually(() => expect(last(seen).self?.data).toEqual({ at: 3 }))
  expect(last(seen).update).toBe(update)
  expect(entered(relay)).toEqual(['{"at":1}', '{"at":2}', '{"at":3}'])
  expect(relay.relay.frames('Leave')).toEqual([])
})

it('without data usePresence only watches', async () => {
  const relay = await connected()
  const seen: PresenceView[] = []
  await renderWithClient(relay.client, <PresenceRecorder subject="room" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  expect(entered(relay)).toEqual([])
})

it('usePresence leaves when the last component with data was unmounted for a second', async () => {
  const relay = await connected()
  const seen: PresenceView[] = []
  const watcher = <PresenceRecorder subject="room" seen={seen} />
  const view = await renderWithClient(
    relay.client,
    <>
      {watcher}
      <PresenceRecorder subject="room" data={{ at: 1 }} seen={[]} />
    </>,
  )
  await eventually(() => expect(last(seen).members).toHaveLength(1))
  await view.show(
    <>
      {watcher}
      {null}
    </>,
  )
  await eventually(() => expect(last(seen).members).toEqual([]))
  expect(relay.relay.frames('Leave')).toHaveLength(1)
  expect(relay.relay.frames('Unsubscribe')).toEqual([])
})

it('a refused entry is the error, and null is idle', async () => {
  const relay = await connected()
  relay.relay.refuse('presence', 'room')
  const seen: PresenceView[] = []
  const view = await renderWithClient(relay.client, <PresenceRecorder subject={null} data={{}} seen={seen} />)
  expect(last(seen)).toMatchObject({ members: [], status: 'idle', error: undefined })
  await view.show(<PresenceRecorder subject="room" data={{}} seen={seen} />)
  await eventually(() => expect(last(seen).error?.code).toBe('forbidden'))
})
