import { openProxy } from './proxy.js'
import { conversation } from './test.js'
import { curl, expect, row, test, texts, write } from './visitor.js'

for (const phone of [false, true])
  test(`a message written offline is shown at once and sent later, on a ${phone ? 'phone' : 'desktop'}`, async ({
    visitor,
    relay,
  }) => {
    const proxy = await openProxy(relay.port)
    const alice = await visitor({ url: proxy.url, phone })
    const bob = await visitor({ name: 'Bob' })
    await write(alice, 'before')
    await expect(row(alice, 'before')).toContainText('Sent')

    proxy.cut()
    await expect(alice.getByRole('status')).toHaveText('offline')
    await write(alice, 'from the plane')
    const mine = row(alice, 'from the plane')
    await expect(mine).toContainText('Waiting for the connection')
    await expect(alice.getByText('One message is kept here, and sent when the connection is back.')).toBeVisible()
    const element = await mine.elementHandle()

    // The others continue meanwhile: their messages come before the one that was not sent yet.
    await write(bob, 'meanwhile')
    proxy.mend()
    await expect(mine).toContainText('Sent')
    await expect(row(bob, 'from the plane')).toBeVisible()
    expect(await texts(alice)).toEqual(['before', 'meanwhile', 'from the plane'])
    expect(await texts(bob)).toEqual(await texts(alice))
    expect(await element?.evaluate((node) => node.isConnected), 'the row is the same element').toBe(true)
    await alice.context().close()
    proxy.close()
  })

test('a reload keeps unsent messages in sight, in order, and sends them', async ({ visitor, relay }) => {
  const proxy = await openProxy(relay.port)
  const alice = await visitor({ url: proxy.url })
  const bob = await visitor({ name: 'Bob' })
  await write(bob, 'before')
  await expect(row(alice, 'before')).toBeVisible()
  proxy.cut()
  await expect(alice.getByRole('status')).toHaveText('offline')
  const unsent = ['unsent 1', 'unsent 2', 'unsent 3']
  for (const text of unsent) await write(alice, text)
  await alice.reload()
  expect(await texts(alice)).toEqual(unsent)
  await expect(conversation(alice)).toContainText('Waiting for the connection')
  await alice.reload()
  await expect(row(alice, 'unsent 3')).toContainText('Waiting for the connection')

  proxy.mend()
  for (const text of unsent) await expect(row(alice, text)).toContainText('Sent')
  expect(await texts(alice)).toEqual(unsent)
  await expect(row(bob, 'unsent 3')).toBeVisible()
  expect(await texts(bob)).toEqual(['before', ...unsent])
  await alice.context().close()
  proxy.close()
})

test('a message with an unknown outcome can be sent again, and is shown once', async ({ visitor, relay }) => {
  const alice = await visitor()
  const bob = await visitor({ name: 'Bob' })
  await write(alice, 'before')
  await expect(row(bob, 'before')).toBeVisible()
  relay.freeze()
  await write(alice, 'into a frozen relay')
  const mine = row(alice, 'into a frozen relay')
  await expect(mine).toContainText('Sending')
  await relay.kill()
  await relay.restart()
  await expect(mine).toContainText('The connection broke on the way: the message may have arrived or not.')
  await mine.getByRole('button', { name: 'Send again' }).click()
  await expect(mine).toContainText('Sent')
  await expect(row(bob, 'into a frozen relay')).toHaveCount(1)
  expect((await texts(alice)).filter((text) => text === 'into a frozen relay')).toHaveLength(1)
})

test('a refused message names the reason, and can be removed', async ({ visitor, relay }) => {
  const alice = await visitor()
  await write(alice, 'before')
  await expect(row(alice, 'before')).toContainText('Sent')
  // Another page has filled the outbox that the pages of this origin share.
  await alice.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('wildcast-outbox:/ws')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const { result: database } = opening
          const filling = database.transaction('messages', 'readwrite')
          for (let i = 0; i < 1000; i++) filling.objectStore('messages').add({ owner: 'another', bytes: 1 })
          filling.oncomplete = () => {
            database.close()
            resolve()
          }
          filling.onerror = () => reject(filling.error)
        }
      }),
  )
  await write(alice, 'one too many')
  const mine = row(alice, 'one too many')
  await expect(mine).toContainText('Not sent: ')
  await mine.getByRole('button', { name: 'Remove' }).click()
  await expect(mine).toHaveCount(0)
  await curl(relay.url, 'good.apple', 'the room goes well')
  await expect(row(alice, 'the room goes well')).toBeVisible()
})

test('five people keep their conversation while the relay restarts in its middle', async ({ visitor, relay }) => {
  const names = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve']
  const pages = await Promise.all(
    names.map((name, i) => visitor({ name, phone: i > 2, theme: i % 2 === 0 ? 'light' : 'dark' })),
  )
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} is here`)
  for (const page of pages) for (const name of names) await expect(row(page, `${name} is here`)).toBeVisible()
  expect(new Set(await Promise.all(pages.map(async (page) => (await texts(page)).join()))).size).toBe(1)

  await relay.kill()
  for (const page of pages) await expect(page.getByRole('status')).toHaveText('offline')
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} wrote offline`)
  await relay.restart()
  for (const [i, page] of pages.entries()) await expect(row(page, `${names[i]} wrote offline`)).toContainText('Sent')
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} is back`)
  for (const page of pages) for (const name of names) await expect(row(page, `${name} is back`)).toBeVisible()
})
