import type { Page } from '@playwright/test'
import { openProxy } from './proxy.js'
import { conversation, expect, say, test } from './test.js'

/** How many messages the outbox of a page keeps. */
function kept(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('wildcast-outbox:/ws')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const counting = opening.result.transaction('messages').objectStore('messages').count()
          counting.onsuccess = () => {
            resolve(counting.result)
            opening.result.close()
          }
        }
      }),
  )
}

test('a reload with unsent messages sends them', async ({ person, relay }) => {
  const proxy = await openProxy(relay.port)
  const alice = await person('Alice', proxy.url)
  const bob = await person('Bob')
  await say(alice, 'before')
  await expect(conversation(bob)).toContainText('before')

  proxy.cut()
  await expect(alice.getByRole('status')).toContainText('offline')
  for (const text of ['unsent 1', 'unsent 2', 'unsent 3']) await say(alice, text)
  await expect.poll(() => kept(alice)).toBe(3)
  await alice.reload()
  await expect(alice.getByLabel('Message')).toBeVisible()
  await expect(conversation(bob)).not.toContainText('unsent')

  proxy.mend()
  await expect(alice.getByRole('status')).toHaveText('online')
  await expect(conversation(bob)).toContainText('unsent 3')
  expect(await conversation(bob).locator('p.break-words').allTextContents()).toEqual([
    'before',
    'unsent 1',
    'unsent 2',
    'unsent 3',
  ])
  await expect.poll(() => kept(alice)).toBe(0)
  await alice.context().close()
  proxy.close()
})
