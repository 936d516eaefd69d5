import { values } from '@wildcast/client/values'
import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type LockView, useLock } from './use-lock.js'

function LockRecorder(props: {
  readonly subject: string | null
  readonly name: string
  readonly seen: LockView<{ name: string }>[]
}) {
  props.seen.push(useLock(props.subject, { data: { name: props.name } }))
  return null
}
type Seen = LockView<{ name: string }>[]
const last = (seen: Seen): Seen[number] => seen.at(-1) as Seen[number]

/** The locks that are held. */
async function locked({ relay }: Tested): Promise<string[]> {
  const watched = values(relay.createClient()).watch('*')
  await watched.synced
  return [...watched.all.keys()]
}

it('useLock requests, holds and releases a lock, and shows its holder', async () => {
  const relay = await tested()
  const [ada, bob]: [Seen, Seen] = [[], []]
  await renderWithClient(
    relay.client,
    <>
      <LockRecorder subject="doc" name="ada" seen={ada} />
      <LockRecorder subject="doc" name="bob" seen={bob} />
    </>,
  )
  expect(last(ada)).toMatchObject({ held: false, waiting: false, holder: undefined })
  expect(await last(ada).request()).toBe(true)
  expect(await last(ada).request()).toBe(true)
  await eventually(() => expect(last(ada)).toMatchObject({ held: true, token: expect.any(String) }))
  await eventually(() => expect(last(bob).holder?.data).toEqual({ name: 'ada' }))
  const request = last(bob).request()
  await eventually(() => expect(last(bob)).toMatchObject({ held: false, waiting: true }))
  last(ada).release()
  expect(await request).toBe(true)
  await eventually(() => expect(last(bob)).toMatchObject({ held: true, waiting: false, error: undefined }))
  await eventually(() => expect(last(ada)).toMatchObject({ held: false, holder: { data: { name: 'bob' } } }))
})

it('a release ends the wait, and a refusal is the error', async () => {
  const relay = await tested()
  await relay.relay.publish('doc', 'x', { retain: true })
  const seen: Seen = []
  await renderWithClient(relay.client, <LockRecorder subject="doc" name="ada" seen={seen} />)
  const request = last(seen).request()
  last(seen).release()
  expect(await request).toBe(false)
  await eventually(() => expect(last(seen)).toMatchObject({ waiting: false, error: undefined }))
  expect(await last(seen).request({ timeoutMs: 0 })).toBe(false)
  await eventually(() => expect(last(seen).error?.code).toBe('condition_failed'))
})

it('a lost lock is no longer held, with the reason as the error', async () => {
  const relay = await tested()
  const seen: Seen = []
  await renderWithClient(relay.client, <LockRecorder subject="doc" name="ada" seen={seen} />)
  await last(seen).request()
  await relay.relay.publish('doc', '', { retain: true }) // another program takes it away
  await eventually(() => expect(last(seen)).toMatchObject({ held: false, error: { code: 'interrupted' } }))
})

it('a component that unmounts or changes its subject releases the lock', async () => {
  const relay = await tested()
  const seen: Seen = []
  const view = await renderWithClient(relay.client, <LockRecorder subject="doc" name="ada" seen={seen} />)
  await last(seen).request()
  await view.show(<LockRecorder subject="other" name="ada" seen={seen} />)
  await eventually(async () => expect(await locked(relay)).toEqual([]))
  expect(last(seen).held).toBe(false)
  await last(seen).request()
  expect(await locked(relay)).toEqual(['other'])
  await view.show(null)
  await eventually(async () => expect(await locked(relay)).toEqual([]))
})

it('useLock with null can not be held', async () => {
  const relay = await tested()
  const seen: Seen = []
  await renderWithClient(relay.client, <LockRecorder subject={null} name="ada" seen={seen} />)
  expect(await last(seen).request()).toBe(false)
  await eventually(() => expect(last(seen).error?.code).toBe('invalid_subject'))
})
