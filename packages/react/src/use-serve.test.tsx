import type { Message } from '@wildcast/client'
import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import type { ServingState } from './serving.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useServe } from './use-serve.js'

function Server(props: { readonly word: string; readonly seen: ServingState[]; readonly subject?: string | null }) {
  const { word, subject = 'a' } = props
  props.seen.push(useServe(subject, (message: Message) => `${word} ${message.text()}`))
  return null
}

it('useServe answers with the latest handler, and claims the subject once in StrictMode', async () => {
  const connected = await tested()
  const peer = connected.relay.createClient()
  const seen: ServingState[] = []
  const view = await renderWithClient(connected.client, <Server word="hello" seen={seen} />)
  await eventually(() => expect(seen.at(-1)).toEqual({ status: 'ready', error: undefined }))
  expect((await peer.request('a', 'x')).text()).toBe('hello x')
  await view.show(<Server word="bye" seen={seen} />)
  expect((await peer.request('a', 'y')).text()).toBe('bye y')
  expect(connected.relay.frames('Subscribe')).toHaveLength(1)
})

it('useServe leaves at once when it is unmounted, and does nothing without a subject', async () => {
  const connected = await tested()
  const seen: ServingState[] = []
  const view = await renderWithClient(connected.client, <Server word="hello" seen={seen} />)
  await eventually(() => expect(seen.at(-1)?.status).toBe('ready'))
  await view.show(<Server word="hello" seen={seen} subject={null} />)
  await connected.relay.settled()
  expect(connected.relay.frames('Unsubscribe')).toHaveLength(1)
  expect(seen.at(-1)?.status).toBe('idle')
})

it('of two components the newest answers, then the other one', async () => {
  const connected = await tested()
  const peer = connected.relay.createClient()
  const seen: ServingState[] = []
  const first = <Server key="first" word="first" seen={seen} />
  const view = await renderWithClient(connected.client, first)
  await view.show([first, <Server key="second" word="second" seen={seen} />])
  await eventually(() => expect(seen.at(-1)?.status).toBe('ready'))
  expect((await peer.request('a', 'x')).text()).toBe('second x')
  await view.show([first])
  expect((await peer.request('a', 'y')).text()).toBe('first y')
  expect(connected.relay.frames('Subscribe')).toHaveLength(1)
})

it('useServe returns a refusal', async () => {
  const connected = await tested()
  const seen: ServingState[] = []
  const view = await renderWithClient(connected.client, <Server word="hello" seen={seen} subject="a.*" />)
  await eventually(() => expect(seen.at(-1)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
  const undo = connected.client.serve('a', () => 1)
  await view.show(<Server word="hello" seen={seen} />)
  await eventually(() => expect(seen.at(-1)).toMatchObject({ status: 'error', error: { code: 'already_served' } }))
  undo()
})
