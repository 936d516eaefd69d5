import { values } from '@wildcast/client/values'
import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type LeaderState, useLeader } from './use-leader.js'

function LeaderRecorder(props: { readonly subject: string | null; readonly seen: LeaderState[] }) {
  props.seen.push(useLeader(props.subject, { data: { page: 1 } }))
  return null
}
const last = (seen: readonly LeaderState[]): LeaderState => seen.at(-1) as LeaderState

it('useLeader leads, loses the lead and takes it again; hooks of one page take part once', async () => {
  const relay = await tested()
  const [seen, other]: [LeaderState[], LeaderState[]] = [[], []]
  await renderWithClient(
    relay.client,
    <>
      <LeaderRecorder subject="leader" seen={seen} />
      <LeaderRecorder subject="leader" seen={other} />
    </>,
  )
  expect(seen[0]).toEqual({ isLeader: false, token: undefined, error: undefined })
  for (const one of [seen, other]) await eventually(() => expect(last(one)).toMatchObject({ isLeader: true }))
  expect(relay.relay.frames('Publish')).toMatchObject([{ message: '{"page":1}' }])
  const { token = '' } = last(seen)
  await relay.relay.publish('leader', '', { retain: true }) // another program takes it away
  await eventually(() => expect(last(seen).token ?? token).not.toBe(token))
  expect((last(seen).token ?? '') > token).toBe(true)
})

it('useLeader resigns a second after its component was unmounted, not for StrictMode', async () => {
  const relay = await tested()
  const seen: LeaderState[] = []
  const view = await renderWithClient(relay.client, <LeaderRecorder subject="leader" seen={seen} />)
  await eventually(() => expect(last(seen).isLeader).toBe(true))
  expect(relay.relay.frames('Publish')).toHaveLength(1)
  await view.show(null)
  await eventually(async () => expect(await values(relay.relay.createClient()).get('leader')).toBe(undefined))
})

it('useLeader with null takes no part, and returns a refusal', async () => {
  const relay = await tested()
  const seen: LeaderState[] = []
  const view = await renderWithClient(relay.client, <LeaderRecorder subject={null} seen={seen} />)
  expect(last(seen)).toEqual({ isLeader: false, token: undefined, error: undefined })
  await view.show(<LeaderRecorder subject="a..b" seen={seen} />)
  await eventually(() => expect(last(seen).error?.code).toBe('invalid_subject'))
  expect(relay.relay.frames('Publish')).toEqual([])
})
