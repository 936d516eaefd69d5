import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import type { Permission } from './permissions.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useCan } from './use-can.js'

function PermissionRecorder(props: {
  readonly subject: string | null
  readonly broker?: string
  readonly seen: Permission[]
}) {
  props.seen.push(useCan('publish', props.subject, { broker: props.broker }))
  return null
}

const asked = ({ relay }: Tested): number => relay.frames('CanI').length

it('useCan is pending, then has the answer; hooks with one question ask once', async () => {
  const connected = await tested()
  const seen: Permission[] = []
  const other: Permission[] = []
  await renderWithClient(
    connected.client,
    <>
      <PermissionRecorder subject="room.42" seen={seen} />
      <PermissionRecorder subject="room.42" seen={other} />
    </>,
  )
  expect(seen[0]).toEqual({ allowed: undefined, why: undefined, pending: true, error: undefined })
  for (const one of [seen, other])
    await eventually(() =>
      expect(one.at(-1)).toEqual({ allowed: true, why: undefined, pending: false, error: undefined }),
    )
  expect(asked(connected)).toBe(1)
})

it('useCan asks again after a reconnect, and shows the last answer meanwhile', async () => {
  const connected = await tested()
  const { client, relay } = connected
  const seen: Permission[] = []
  await renderWithClient(client, <PermissionRecorder subject="room.42" seen={seen} />)
  await eventually(() => expect(seen.at(-1)?.pending).toBe(false))
  relay.refuse('publish', '**')
  relay.cut()
  await relay.settled()
  client.reconnect()
  await eventually(() =>
    expect(seen.at(-1)).toMatchObject({ allowed: false, pending: false, why: 'authorize denies it' }),
  )
  expect(seen.filter(({ pending }) => pending).at(-1)?.allowed).toBe(true)
  expect(asked(connected)).toBe(2)
})

it('useCan asks again if the question was lost with its session', async () => {
  const connected = await tested()
  const { client, relay } = connected
  relay.delay(1000) // its answer is on the way when the session is lost
  const seen: Permission[] = []
  await renderWithClient(client, <PermissionRecorder subject="room.42" seen={seen} />)
  await eventually(() => expect(asked(connected)).toBe(1))
  await relay.restart()
  relay.delay(0)
  client.reconnect()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ allowed: true, pending: false, error: undefined }))
  expect(asked(connected)).toBe(2)
})

it('useCan returns the error if the relay can not answer', async () => {
  const { client } = await tested()
  const seen: Permission[] = []
  await renderWithClient(client, <PermissionRecorder subject="a..b" seen={seen} />)
  await eventually(() =>
    expect(seen.at(-1)).toMatchObject({ allowed: undefined, pending: false, error: { code: 'invalid_subject' } }),
  )
})

it('useCan with null is idle, and asks when it gets a subject and for each broker', async () => {
  const connected = await tested({ brokers: ['main', 'orders'] })
  const seen: Permission[] = []
  const view = await renderWithClient(connected.client, <PermissionRecorder subject={null} seen={seen} />)
  expect(seen.at(-1)).toMatchObject({ allowed: undefined, pending: false })
  expect(asked(connected)).toBe(0)
  await view.show(<PermissionRecorder subject="a" seen={seen} />)
  await eventually(() => expect(seen.at(-1)?.allowed).toBe(true))
  await view.show(<PermissionRecorder subject="a" broker="orders" seen={seen} />)
  await eventually(() => expect(asked(connected)).toBe(2))
  expect(connected.relay.frames('CanI').map(({ broker }) => broker)).toEqual([undefined, 'orders'])
})

it('useCan keeps the answer for a second after the last hook, then asks again', async () => {
  const connected = await tested()
  const seen: Permission[] = []
  const view = await renderWithClient(connected.client, <PermissionRecorder subject="a" seen={seen} />)
  await eventually(() => expect(seen.at(-1)?.allowed).toBe(true))
  await view.show(null)
  await view.show(<PermissionRecorder subject="a" seen={seen} />)
  expect(seen.at(-1)?.allowed).toBe(true)
  expect(asked(connected)).toBe(1)
})

it('useCan asks again when the token is renewed', async () => {
  const tokens = { first: { user: 'ada', publish: ['**'], expiresInMs: 60_000 }, second: { user: 'ada' } }
  const names = ['first', 'second']
  const connected = await tested({ auth: { tokens }, client: { token: () => names.shift() ?? 'second' } })
  const seen: Permission[] = []
  await renderWithClient(connected.client, <PermissionRecorder subject="room.42" seen={seen} />)
  await eventually(() => expect(seen.at(-1)).toMatchObject({ allowed: true, pending: false }))
  await connected.clock.advance(60_000)
  expect(connected.relay.frames('Authenticate')).toMatchObject([{ token: 'second' }])
  await eventually(() => expect(seen.at(-1)).toMatchObject({ allowed: false, pending: false }))
})

it('useCan allows nothing if the relay ends the session for good, until the client reconnects', async () => {
  let token = 'first'
  const tokens = { first: { user: 'ada', publish: ['**'] }, second: { user: 'ada', publish: ['**'] } }
  const { client, relay, clock } = await tested({ auth: { tokens }, client: { token: () => token } })
  const seen: Permission[] = []
  await renderWithClient(client, <PermissionRecorder subject="room.42" seen={seen} />)
  await eventually(() => expect(seen.at(-1)?.allowed).toBe(true))
  token = 'unknown'
  relay.expire('first')
  await clock.advance(10_000)
  await eventually(() =>
    expect(seen.at(-1)).toMatchObject({ allowed: undefined, pending: false, error: { code: 'unauthorized' } }),
  )
  token = 'second'
  client.reconnect()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ allowed: true, pending: false, error: undefined }))
})
