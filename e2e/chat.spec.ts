import { conversation, expect, say, test } from './test.js'

test('two people chat in two windows', async ({ person }) => {
  const alice = await person('Alice')
  const bob = await person('Bob')
  await say(alice, 'Good morning, Bob')
  await expect(conversation(bob)).toContainText('Alice')
  await expect(conversation(bob)).toContainText('Good morning, Bob')
  await say(bob, 'And to you, Alice')
  await expect(conversation(alice)).toContainText('And to you, Alice')
})

test('the conversation continues by itself after the relay was killed and restarted', async ({ person, relay }) => {
  const alice = await person('Alice')
  const bob = await person('Bob')
  await say(alice, 'before')
  await expect(conversation(bob)).toContainText('before')

  await relay.kill()
  await expect(alice.getByRole('status')).toContainText('offline')
  await say(alice, 'sent while the relay was away')
  await relay.restart()

  await expect(alice.getByRole('status')).toHaveText('online')
  await expect(bob.getByRole('status')).toHaveText('online')
  await say(bob, 'after')
  await expect(conversation(alice)).toContainText('after')
  await expect(conversation(alice)).toContainText('sent while the relay was away')
  await expect(bob.getByText('Messages sent while you were away are not shown.')).toBeVisible()
})

test('a room is a subject: a new one is open to every client, and counts its unread messages', async ({ person }) => {
  const alice = await person('Alice')
  const bob = await person('Bob')
  await alice.getByLabel('New room').fill('quince')
  await alice.getByLabel('New room').press('Enter')
  await say(alice, 'anybody here?')
  await bob.getByRole('button', { name: /good\.quince\s*1/ }).click()
  await expect(conversation(bob)).toContainText('anybody here?')
  await expect(bob.getByRole('button', { name: 'good.quince' })).not.toContainText('1')
})

test('the explorer shows every message, also of a program without Wildcast', async ({ person, relay }) => {
  const page = await person('Alice')
  await page.getByRole('link', { name: 'Explorer' }).click()
  await page.getByRole('button', { name: 'good.*', exact: true }).click()
  await expect(page.getByText('live', { exact: true })).toBeVisible()
  const response = await fetch(`${relay.url}/publish/good.kiwi`, { method: 'POST', body: 'from a terminal' })
  expect(response.status).toBe(202)
  const row = page.getByRole('row').filter({ hasText: 'good.kiwi' })
  await expect(row).toContainText('from a terminal')
})

test('hundreds of messages in a row all show, in order', async ({ person, relay }) => {
  const page = await person('Alice')
  const numbers = Array.from({ length: 400 }, (_, i) => `number ${i}`)
  for (const text of numbers) await fetch(`${relay.url}/publish/good.apple`, { method: 'POST', body: text })
  await expect(conversation(page)).toContainText('number 399')
  expect(await conversation(page).locator('p.break-words').allTextContents()).toEqual(numbers)
})
