import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptIn, type OutboxPage, openPage } from '../testing/outbox-page.js'
import { type WatchedOutbox, watchOutbox } from './watch-outbox.js'

const freshName = (): string => crypto.randomUUID()
const discarded = { name: 'AbortError', message: expect.stringContaining('discarded') }
const sent = ({ relay }: OutboxPage): unknown[] =>
  relay.links.flatMap((link) => link.all('Publish')).map(({ message }) => message)
const subjects = ({ messages }: WatchedOutbox): string[] => messages.map(({ subject }) => subject)

/** Connects a page that was offline. */
async function goOnline({ relay, clock }: OutboxPage): Promise<void> {
  await clock.advance(0)
  relay.obliging = true
  relay.link.open()
  await clock.advance(0)
}

describe('the messages of an outbox', () => {
  test('are those of all its pages, in order, until they have an outcome', async () => {
    const name = freshName()
    const [first, second] = [openPage({ name, offline: true, now: 5_000 }), openPage({ name, offline: true })]
    const views = [watchOutbox(first.client), watchOutbox(second.client)] as const
    const publications = [first.client.publish('a', { price: 3 }, { broker: 'b', key: 'mine' })]
    await expect.poll(() => subjects(views[1])).toEqual(['a'])
    publications.push(second.client.publish('b', new Uint8Array([0xff])))
    for (const view of views) await expect.poll(() => subjects(view)).toEqual(['a', 'b'])
    const [a, b] = views[1].messages
    expect(a).toEqual({
      ...{ id: expect.any(Number), key: 'mine', subject: 'a', broker: 'b' },
      ...{ queuedAt: 5_000, state: 'waiting', data: { price: 3 } },
    })
    expect(b).toMatchObject({ key: publications[1]?.key, broker: undefined, data: new Uint8Array([0xff]) })

    await goOnline(first)
    expect(await publications[0]).toBe('confirmed')
    for (const view of views) await expect.poll(() => subjects(view)).toEqual(['b'])
    expect(views[1].messages[0]).toBe(b)
    await goOnline(second)
    for (const view of views) await expect.poll(() => view.messages).toEqual([])
    for (const { client } of [first, second]) client.close()
  })
  test('have the state "sent" while the relay has not answered, and call back', async () => {
    const page = openPage({ name: freshName(), mute: true, offline: true })
    const view = watchOutbox(page.client)
    const states: unknown[] = []
    view.onChange(() => states.push(view.messages[0]?.state))
    void page.client.publish('a').outcome
    await expect.poll(() => states.at(-1)).toBe('waiting')
    await goOnline(page)
    await expect.poll(() => states.at(-1)).toBe('sent')
    view.stop()
    page.client.close()
    expect(states.at(-1)).toBe('sent')
  })
  test('are gone after the client was closed, and can not be discarded by it', async () => {
    const name = freshName()
    const page = openPage({ name, offline: true })
    const view = watchOutbox(page.client)
    void page.client.publish('a').outcome
    await expect.poll(() => subjects(view)).toEqual(['a'])
    page.client.close()
    await expect.poll(() => view.messages).toEqual([])
    expect(view.error).toBeUndefined()
    await expect(view.discardAll()).rejects.toMatchObject({ code: 'interrupted' })
    expect(await keptIn(name)).toHaveLength(1)
  })
  test('are gone if the database was deleted, with the error', async () => {
    const name = freshName()
    const page = openPage({ name, offline: true })
    const view = watchOutbox(page.client)
    void page.client.publish('a').outcome
    await expect.poll(() => subjects(view)).toEqual(['a'])
    indexedDB.deleteDatabase(`wildcast-outbox:${name}`)
    await expect.poll(() => view.error).toMatchObject({ code: 'interrupted' })
    expect(view.messages).toEqual([])
    page.client.close()
  })
  test('are not touched by what other scripts post to the channel', async () => {
    const name = freshName()
    const page = openPage({ name, offline: true })
    const view = watchOutbox(page.client)
    const publication = page.client.publish('a', 'kept')
    await expect.poll(() => subjects(view)).toEqual(['a'])
    const channel = new BroadcastChannel(`wildcast-outbox:${name}`)
    for (const junk of [undefined, 'x', {}, [null, 1, {}, { id: '1', owner: 'x' }, { id: 1 }]])
      channel.postMessage(junk)
    channel.close()
    await goOnline(page)
    expect(await publication).toBe('confirmed')
    page.client.close()
    expect(page.errors).toEqual([])
  })
})

test('retry() connects at once', async () => {
  const page = openPage({ name: freshName() })
  await page.client.publish('a')
  page.relay.obliging = false
  page.relay.link.drop()
  await page.clock.advance(250)
  page.relay.link.drop()
  expect(page.client.status.state).toBe('waiting')
  watchOutbox(page.client).retry()
  expect(page.client.status.state).toBe('connecting')
  page.client.close()
})

describe('discard', () => {
  test('rejects the publish of a message that was not sent; the others are sent in order', async () => {
    const name = freshName()
    const page = openPage({ name, offline: true, messages: 3 })
    const view = watchOutbox(page.client)
    const [one, two, three] = ['1', '2', '3'].map((text) => page.client.publish('a', text))
    await expect.poll(() => view.messages).toHaveLength(3)
    expect(await view.discard(two?.key ?? '')).toBe(1)
    await expect(two).rejects.toMatchObject(discarded)
    expect(two?.state).toBe('rejected')
    expect(await view.discard(two?.key ?? '')).toBe(0)
    const four = page.client.publish('a', '4') // there is space again
    await expect.poll(() => view.messages).toHaveLength(3)
    await goOnline(page)
    expect(await Promise.all([one, three, four])).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(sent(page)).toEqual(['1', '3', '4'])
    page.client.close()
    expect(page.errors).toEqual([])
  })
  test('by another page does the same', async () => {
    const name = freshName()
    const [first, second] = [openPage({ name, offline: true }), openPage({ name, offline: true })]
    const publication = first.client.publish('a', 'gone')
    const kept = first.client.publish('a', 'kept')
    const view = watchOutbox(second.client)
    await expect.poll(() => view.messages).toHaveLength(2)
    expect(await view.discard(publication.key ?? '')).toBe(1)
    await expect(publication).rejects.toMatchObject(discarded)
    await goOnline(first)
    expect(await kept).toBe('confirmed')
    expect(sent(first)).toEqual(['kept'])
    for (const { client } of [first, second]) client.close()
  })
  test('of a message that was sent leaves its outcome unknown, and lets later ones follow', async () => {
    const name = freshName()
    const page = openPage({ name, mute: true })
    const view = watchOutbox(page.client)
    const all = Array.from({ length: 65 }, (_, i) => page.client.publish('a', `${i}`))
    await expect.poll(() => sent(page)).toHaveLength(64)
    expect(await view.discard(all[0]?.key ?? '')).toBe(1)
    expect(await all[0]).toBe('unknown')
    await expect.poll(() => sent(page).at(-1)).toBe('64')
    page.relay.link.send({ kind: 'Ack', ref: 1 })
    page.client.close()
    expect(page.errors).toEqual([])
  })
  test('of the messages of a page that is gone', async () => {
    const name = freshName()
    const before = openPage({ name, offline: true })
    for (const text of ['1', '2']) void before.client.publish('a', text).outcome
    await expect.poll(() => keptIn(name)).toHaveLength(2)
    before.crash()
    const after = openPage({ name, offline: true })
    const view = watchOutbox(after.client)
    await expect.poll(() => view.messages).toHaveLength(2)
    expect(await view.discardAll()).toBe(2)
    await expect.poll(() => view.messages).toEqual([])
    await goOnline(after)
    await after.client.publish('a', 'own')
    expect(sent(after)).toEqual(['own'])
    after.client.close()
    expect(after.errors).toEqual([])
  })
})

test('whatever is published and discarded by two pages, each message is sent once or discarded', async () => {
  const page = fc.constantFrom(0 as const, 1 as const)
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('publish'), page }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('discard', 'discardAll', 'online', 'pause'), page }) },
  )
  const steps = fc.array(step, { maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const name = freshName()
      const pages = [openPage({ name, offline: true }), openPage({ name, offline: true })] as const
      const views = [watchOutbox(pages[0].client), watchOutbox(pages[1].client)] as const
      const publications: Promise<unknown>[] = []
      const discards: Promise<number>[] = []
      for (const { kind, page } of all) {
        const { client, relay } = pages[page]
        if (kind === 'publish') {
          const text = `${publications.length}`
          const { outcome, key = '' } = client.publish('a', text, { key: `${name} ${text}` })
          publications.push(outcome.then((state) => ({ state, key })))
        } else if (kind === 'discard')
          discards.push(views[page].discard(`${name} ${Math.max(publications.length - 2, 0)}`))
        else if (kind === 'discardAll') discards.push(views[page].discardAll())
        else if (kind === 'pause') await expect.poll(() => keptIn(name)).toBeDefined()
        else if (!relay.obliging) await goOnline(pages[page])
      }
      for (const one of pages) if (!one.relay.obliging) await goOnline(one)
      await Promise.all(discards)
      const outcomes = (await Promise.all(publications)) as { state: string; key: string }[]
      const keys = pages.flatMap(({ relay }) =>
        relay.links.flatMap((link) => link.all('Publish')).map(({ key }) => key),
      )
      expect(keys.length).toBe(new Set(keys).size)
      for (const { state, key } of outcomes) expect(keys.includes(key)).toBe(state !== 'rejected')
      await expect.poll(() => keptIn(name)).toEqual([])
      for (const view of views) await expect.poll(() => view.messages).toEqual([])
      for (const { client, crash } of pages) {
        client.close()
        crash()
      }
      expect(pages.flatMap(({ errors }) => errors)).toEqual([])
    }),
    { numRuns: 25 },
  )
})
