import { presence } from '@wildcast/client/presence'
import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type MemberCountState, useMemberCount } from './use-member-count.js'

function CountRecorder(props: { readonly subject: string | null; readonly seen: MemberCountState[] }) {
  props.seen.push(useMemberCount(props.subject))
  return null
}

it('useMemberCount has the number of members, with one subscription for equal hooks', async () => {
  const relay = await tested()
  const [ada, bob] = [relay.relay.createClient(), relay.relay.createClient()]
  for (const client of [ada, bob]) await presence(client, 'room').enter()
  const before = relay.relay.frames('Subscribe').length
  const seen: MemberCountState[] = []
  await renderWithClient(
    relay.client,
    <>
      <CountRecorder subject="room" seen={seen} />
      <CountRecorder subject="room" seen={[]} />
    </>,
  )
  expect(seen[0]).toEqual({ count: undefined, status: 'loading', error: undefined })
  await eventually(() => expect(seen.at(-1)).toMatchObject({ count: 2, status: 'synced' }))
  bob.close()
  await relay.clock.advance(1000)
  await eventually(() => expect(seen.at(-1)).toMatchObject({ count: 1, status: 'synced' }))
  expect(relay.relay.frames('Subscribe')).toHaveLength(before + 1)
})

it('without a subject useMemberCount does not subscribe; an invalid one is its error', async () => {
  const relay = await tested()
  const none: MemberCountState[] = []
  const invalid: MemberCountState[] = []
  await renderWithClient(
    relay.client,
    <>
      <CountRecorder subject={null} seen={none} />
      <CountRecorder subject="a..b" seen={invalid} />
    </>,
  )
  await eventually(() => expect(invalid.at(-1)?.error?.code).toBe('invalid_subject'))
  expect(none.at(-1)).toMatchObject({ count: undefined, status: 'idle' })
  expect(relay.relay.frames('Subscribe')).toEqual([])
})
