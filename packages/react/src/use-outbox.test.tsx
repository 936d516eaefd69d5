import { expect, it } from 'vitest'
import { openPage } from '../../client/src/testing/outbox-page.js'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type OutboxView, useOutbox } from './use-outbox.js'

function Recorder({ seen }: { readonly seen: OutboxView[] }) {
  seen.push(useOutbox())
  return null
}
const last = (seen: readonly OutboxView[]): OutboxView => seen.at(-1) as OutboxView
const subjects = (seen: readonly OutboxView[]): string[] => last(seen).messages.map(({ subject }) => subject)

it('useOutbox has the messages of all tabs until they are confirmed', async () => {
  const name = crypto.randomUUID()
  const [page, other] = [openPage({ name, offline: true, now: 7_000 }), openPage({ name, offline: true })]
  const seen: OutboxView[] = []
  await renderWithClient(page.client, <Recorder seen={seen} />)
  expect(seen[0]).toMatchObject({ pending: 0, messages: [], error: undefined })
  const publication = page.client.publish('a', { price: 3 })
  await eventually(() => expect(subjects(seen)).toEqual(['a']))
  expect(last(seen)).toMatchObject({
    pending: 1,
    messages: [{ key: publication.key, queuedAt: 7_000, state: 'waiting', data: { price: 3 } }],
  })
  void other.client.publish('b').outcome
  await eventually(() => expect(subjects(seen)).toEqual(['a', 'b']))
  page.relay.obliging = true
  page.relay.link.open()
  expect(await publication).toBe('confirmed')
  await eventually(() => expect(subjects(seen)).toEqual(['b']))
  for (const { client } of [page, other]) client.close()
  await eventually(() => expect(last(seen).pending).toBe(0))
})

it('discard and discardAll delete messages, also after an unmount, and stay the same functions', async () => {
  const page = openPage({ name: crypto.randomUUID(), offline: true })
  const seen: OutboxView[] = []
  const view = await renderWithClient(page.client, <Recorder seen={seen} />)
  const [a, b, c] = ['a', 'b', 'c'].map((subject) => page.client.publish(subject))
  await eventually(() => expect(last(seen).pending).toBe(3))
  const { discard, discardAll } = last(seen)
  expect(await discard(b?.key ?? '')).toBe(1)
  await expect(b).rejects.toMatchObject({ name: 'AbortError' })
  await eventually(() => expect(subjects(seen)).toEqual(['a', 'c']))
  expect(last(seen)).toMatchObject({ discard, discardAll })
  await view.unmount()
  expect(await discardAll()).toBe(2)
  for (const publication of [a, c]) await expect(publication).rejects.toMatchObject({ name: 'AbortError' })
  page.client.close()
  expect(page.errors).toEqual([])
})

it('retry connects at once', async () => {
  const page = openPage({ name: crypto.randomUUID(), offline: true })
  const seen: OutboxView[] = []
  await renderWithClient(page.client, <Recorder seen={seen} />)
  const publication = page.client.publish('a')
  await eventually(() => expect(last(seen).pending).toBe(1))
  page.relay.link.drop()
  expect(page.client.status.state).toBe('waiting')
  page.relay.obliging = true
  last(seen).retry()
  expect(await publication).toBe('confirmed')
  await eventually(() => expect(last(seen).pending).toBe(0))
  page.client.close()
})

it('a client without an outbox has no messages', async () => {
  const { client } = await tested()
  const seen: OutboxView[] = []
  await renderWithClient(client, <Recorder seen={seen} />)
  await client.publish('a')
  expect(await last(seen).discardAll()).toBe(0)
  expect(last(seen)).toMatchObject({ pending: 0, messages: [], error: undefined })
})
