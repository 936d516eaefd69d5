import { afterEach, describe, expect, test } from 'vitest'
import { keptIn, type OutboxPage, openPage } from '../testing/outbox-page.js'

const freshName = (): string => crypto.randomUUID()
const full = { code: 'storage_full', retry: true }
const sent = ({ relay }: OutboxPage): unknown[] =>
  relay.links.flatMap((link) => link.all('Publish')).map(({ message }) => message)

describe('a full outbox', () => {
  test.each([
    ['messages', { messages: 2 }],
    ['bytes', { bytes: 2200 }],
  ])('rejects publishes beyond its bound of %s, and sends the others', async (_, bounds) => {
    const name = freshName()
    const page = openPage({ name, offline: true, ...bounds })
    const text = 'x'.repeat(900)
    const kept = [page.client.publish('a', text), page.client.publish('a', text)]
    await expect(page.client.publish('a', text)).rejects.toMatchObject(full)
    await expect.poll(() => keptIn(name)).toHaveLength(2)
    page.relay.obliging = true
    page.relay.link.open()
    expect(await Promise.all(kept)).toEqual(['confirmed', 'confirmed'])
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(await page.client.publish('a', text)).toBe('confirmed')
    page.client.close()
    expect(page.errors).toEqual([])
  })
  test('counts the messages of other pages, too', async () => {
    const name = freshName()
    const [first, second] = [openPage({ name, offline: true, messages: 1 }), openPage({ name, messages: 1 })]
    void first.client.publish('a').outcome
    await expect.poll(() => keptIn(name)).toHaveLength(1)
    await expect(second.client.publish('a')).rejects.toMatchObject(full)
    for (const { client } of [first, second]) client.close()
  })
})

describe('a browser without space', () => {
  const { add } = IDBObjectStore.prototype
  afterEach(() => {
    IDBObjectStore.prototype.add = add
  })
  const noSpace = (): DOMException => new DOMException('no space', 'QuotaExceededError')

  test.each([
    [
      'at once',
      () => {
        throw noSpace()
      },
    ],
    [
      'after the write',
      function (this: IDBObjectStore, ...row: Parameters<IDBObjectStore['add']>) {
        const request = add.apply(this, row)
        request.addEventListener('success', () => {
          Object.defineProperty(this.transaction, 'error', { value: noSpace() })
          this.transaction.abort()
        })
        return request
      },
    ],
  ])('that fails %s rejects a message; accepted ones are kept and sent', async (_, refuse) => {
    const name = freshName()
    const page = openPage({ name, offline: true })
    const accepted = page.client.publish('a', 'accepted')
    await expect.poll(() => keptIn(name)).toEqual(['accepted'])
    IDBObjectStore.prototype.add = refuse
    await expect(page.client.publish('a', 'one too many')).rejects.toMatchObject(full)
    IDBObjectStore.prototype.add = add
    const later = page.client.publish('a', 'later')
    await expect.poll(() => keptIn(name)).toEqual(['accepted', 'later'])
    page.relay.obliging = true
    page.relay.link.open()
    expect(await Promise.all([accepted, later])).toEqual(['confirmed', 'confirmed'])
    expect(sent(page)).toEqual(['accepted', 'later'])
    page.client.close()
    expect(page.errors).toEqual([])
  })
})

describe('a database that can not be used', () => {
  /** A database with another schema. */
  function openOther(name: string, version: number): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(`wildcast-outbox:${name}`, version)
      request.onupgradeneeded = () => request.result.createObjectStore('rows').put('of another version', 1)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  }
  test.each([7, 1])(
    'because of another schema (version %i) is reported once with the remedy, and left unchanged',
    async (v) => {
      const name = freshName()
      const other = await openOther(name, v)
      other.close()
      const page = openPage({ name })
      const outcomes = await Promise.all([page.client.publish('a', '1'), page.client.publish('a', '2')])
      expect(outcomes).toEqual(['confirmed', 'confirmed'])
      expect(await page.client.publish('a', '3')).toBe('confirmed')
      expect(sent(page)).toEqual(['1', '2', '3'])
      expect(page.errors).toMatchObject([
        { stage: 'outbox', code: 'unsupported', message: expect.stringContaining('another version') },
      ])
      page.client.close()
      const again = await openOther(name, v)
      const rows = await new Promise((resolve) => {
        const request = again.transaction('rows').objectStore('rows').getAll()
        request.onsuccess = () => resolve(request.result)
      })
      again.close()
      expect(rows).toEqual(['of another version'])
      expect(again.version).toBe(v)
    },
  )
  test('because it was deleted is reported once, and waiting messages are sent', async () => {
    const name = freshName()
    const page = openPage({ name, offline: true })
    const waits = page.client.publish('a', '1')
    await expect.poll(() => keptIn(name)).toEqual(['1'])
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(`wildcast-outbox:${name}`).onsuccess = resolve
    })
    const later = page.client.publish('a', '2')
    page.relay.obliging = true
    page.relay.link.open()
    expect(await Promise.all([waits, later])).toEqual(['confirmed', 'confirmed'])
    expect(page.errors).toMatchObject([{ stage: 'outbox', code: 'interrupted' }])
    page.client.close()
    expect(page.errors).toHaveLength(1)
  })
})

test('a closed client closes the database, and rejects later publishes', async () => {
  const name = freshName()
  const page = openPage({ name })
  await page.client.publish('a')
  page.client.close()
  await expect(page.client.publish('a')).rejects.toMatchObject({ code: 'interrupted' })
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(`wildcast-outbox:${name}`).onsuccess = resolve
  })
  expect(page.clock.timers).toBe(0)
  expect(page.errors).toEqual([])
})
