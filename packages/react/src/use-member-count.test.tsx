import { expect, it } from 'vitest'
import { connectToValues } from '../../client/src/testing/value-relay.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type MemberCountState, useMemberCount } from './use-member-count.js'

function CountRecorder(props: { readonly subject: string | null; readonly seen: MemberCountState[] }) {
  props.seen.push(useMemberCount(props.subject))
  return null
}

it('useMemberCount has the number of members, with one subscription for equal hooks', async () => {
  const relay = await connectToValues()
  for (const user of ['ada', 'bob']) relay.write(`$presence.room.${user}~1`, '{}', user)
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
  relay.write('$presence.room.bob~1', undefined)
  relay.sendCount()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ count: 1, status: 'synced' }))
  expect(relay.relay.link.all('Subscribe')).toHaveLength(1)
})

it('without a subject useMemberCount does not subscribe; an invalid one is its error', async () => {
  const relay = await connectToValues()
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
  expect(none.at(-1)).toMatchObject({ count: undefined, status: 'loading' })
  expect(relay.relay.link.all('Subscribe')).toEqual([])
})
