import { conversation } from './test.js'
import { curl, expect, input, openRoom, row, test, texts, write } from './visitor.js'

test('a reader who has scrolled back stays there, and a button leads to the new messages', async ({
  visitor,
  relay,
}) => {
  const alice = await visitor({ calm: true })
  for (let i = 0; i < 40; i++) await curl(relay.url, 'good.apple', `line ${i}`)
  await expect(row(alice, 'line 39')).toBeInViewport()
  await conversation(alice).hover()
  await alice.mouse.wheel(0, -700)
  await expect(alice.getByRole('button', { name: 'To the newest' })).toBeVisible()
  const place = await conversation(alice).evaluate((element) => element.scrollTop)

  for (const text of ['new 1', 'new 2', 'new 3']) await curl(relay.url, 'good.apple', text)
  const button = alice.getByRole('button', { name: '3 new messages' })
  await expect(button).toBeVisible()
  expect(await conversation(alice).evaluate((element) => element.scrollTop)).toBe(place)
  await button.click()
  await expect(row(alice, 'new 3')).toBeInViewport()
  await expect(button).toHaveCount(0)

  // A message of one's own always leads to the end.
  await alice.mouse.wheel(0, -700)
  await expect(alice.getByRole('button', { name: 'To the newest' })).toBeVisible()
  await write(alice, 'mine')
  await expect(row(alice, 'mine')).toBeInViewport()
})

test('a busy room does not erase the messages of another', async ({ visitor, relay }) => {
  const alice = await visitor()
  await write(alice, 'a quiet room')
  await expect(row(alice, 'a quiet room')).toContainText('Sent')
  const busy = Array.from({ length: 600 }, (_, i) => `busy ${i}`)
  for (const text of busy) await curl(relay.url, 'good.pear', text)
  await expect(alice.getByRole('button', { name: 'good.pear' })).toContainText('99+')
  expect(await texts(alice)).toEqual(['a quiet room'])
  await openRoom(alice, 'pear')
  await expect(row(alice, 'busy 599')).toBeVisible()
  expect(await texts(alice)).toEqual(busy.slice(-500))
  await openRoom(alice, 'apple')
  expect(await texts(alice)).toEqual(['a quiet room'])
})

test('unread messages are counted in the list and in the title, and marked in the room', async ({ visitor, relay }) => {
  const alice = await visitor({ view: 'dashboard' })
  await curl(relay.url, 'good.pear', 'first')
  await curl(relay.url, 'good.plum', 'second')
  await curl(relay.url, 'good.plum', 'third')
  await expect(alice.getByRole('button', { name: 'good.plum 2 unread' })).toBeVisible()
  await expect(alice).toHaveTitle('(3) Wildcast: dashboard')
  await openRoom(alice, 'plum')
  await expect(alice).toHaveTitle('(1) Wildcast: chat')
  await expect(conversation(alice).getByText('New', { exact: true })).toBeVisible()
  await openRoom(alice, 'pear')
  await openRoom(alice, 'plum')
  await expect(conversation(alice).getByText('New', { exact: true })).toHaveCount(0)
  await expect(alice).toHaveTitle('Wildcast: chat')
})

test('each room keeps its draft', async ({ visitor }) => {
  const alice = await visitor({ phone: true })
  await input(alice).fill('half a sentence')
  await openRoom(alice, 'pear')
  await expect(input(alice)).toHaveValue('')
  await input(alice).fill('another one')
  await openRoom(alice, 'apple')
  await expect(input(alice)).toHaveValue('half a sentence')
})

test('Enter sends, Shift and Enter begin a line', async ({ visitor }) => {
  const alice = await visitor()
  const bob = await visitor({ name: 'Bob', phone: true })
  await input(alice).pressSequentially('one')
  await input(alice).press('Shift+Enter')
  await input(alice).pressSequentially('two')
  await input(alice).press('Enter')
  await expect(row(bob, 'one')).toBeVisible()
  expect(await texts(bob)).toEqual(['one\ntwo'])
  await expect(input(alice)).toHaveValue('')
})

test('a name that is not a segment is no room', async ({ visitor }) => {
  const alice = await visitor()
  const field = alice.getByLabel('New room')
  for (const name of ['two words', 'a.b', 'a*', '#', '$SYS', 'x'.repeat(41)]) {
    await field.fill(name)
    await field.press('Enter')
    await expect(alice.getByText('A room is one segment of a subject')).toBeVisible()
    await expect(field).toHaveValue(name)
  }
  await field.fill('мандарин')
  await field.press('Enter')
  await expect(alice.getByRole('heading', { name: 'good.мандарин' })).toBeVisible()
  await write(alice, 'да')
  await expect(row(alice, 'да')).toContainText('Sent')
})
