import { rm } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { publicName } from '../demo/server/src/login/guests.js'
import { type Demo, startDemo } from './demo.js'
import { npmStart, startRelay } from './relay.js'
import { conversation, say } from './test.js'
import { expect, react, row, test, write } from './visitor.js'

let demo: Demo

// One after the other, since they share a demo.
test.describe.configure({ mode: 'default' })
test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.stop())

test('a store that is deleted while the demo runs costs the old messages only', async ({ visitor }) => {
  const relay = await startRelay(npmStart)
  try {
    const page = await visitor({ url: relay.url })
    await write(page, 'before')
    await expect(row(page, 'before')).toContainText('Sent')
    await rm(relay.store)
    await write(page, 'without a file')
    await expect(row(page, 'without a file')).toContainText('Sent')
    await relay.kill()
    await expect(page.getByRole('status')).not.toHaveText('online')
    await rm(`${relay.store}-wal`, { force: true })
    await relay.restart()
    await expect(page.getByRole('status')).toHaveText('online')
    await write(page, 'after')
    await expect(row(page, 'after')).toContainText('Sent')
    await expect(row(page, 'before')).toBeVisible()
    await page.reload()
    await expect(row(page, 'after')).toBeVisible()
    await expect(row(page, 'before')).toHaveCount(0)
  } finally {
    await relay.kill()
  }
})

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Log in' })
const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })
const journal = (page: Page): Locator => page.getByRole('list', { name: 'Journal' })
const menu = (page: Page): Locator => page.getByRole('complementary', { name: 'Menu' })

/** Fills the dialog, and sends it. */
async function submit(page: Page, name: string, team: 'Trader' | 'Manager'): Promise<void> {
  await dialog(page).getByLabel('Name').fill(name)
  await dialog(page).getByRole('radio', { name: team }).check()
  await dialog(page).getByRole('button', { name: 'Log in' }).click()
}

/** Logs in by the sidebar. */
async function logIn(page: Page, name: string, team: 'Trader' | 'Manager'): Promise<void> {
  await menu(page).getByRole('button', { name: 'Log in' }).click()
  await submit(page, name, team)
  await expect(menu(page).getByRole('button', { name: 'Log out' })).toBeVisible()
  await expect(page.getByRole('status')).toHaveText('online')
}

test('a guest chats at once, and is shown why the vault is closed; managers talk there', async ({ person }) => {
  const [ada, bob] = [await person('Ada', demo.url), await person('Bob', demo.url)]
  await say(ada, 'hello from a guest')
  await expect(conversation(bob)).toContainText('hello from a guest')

  for (const page of [ada, bob]) {
    await page.getByRole('button', { name: 'staff.vault' }).click()
    await expect(page.getByRole('region', { name: 'Room', exact: true })).toContainText(
      'no subscribe rule of role "guest" covers it',
    )
    await expect(page.getByLabel('Message')).toHaveCount(0)
    await page.getByRole('button', { name: 'Log in as a manager' }).click()
    await submit(page, page === ada ? 'Ada Lovelace' : 'Bob', 'Manager')
    await expect(page.getByRole('status')).toHaveText('online')
  }
  await say(ada, 'the code is 42')
  // Values and presence of the vault would be open to all, so it has none.
  await expect(row(ada, 'the code is 42')).toContainText('Sent')
  await expect(ada.getByRole('button', { name: /^(React|\d here)$/ })).toHaveCount(0)
  await expect(conversation(bob)).toContainText('the code is 42')
  await bob.reload()
  await expect(conversation(bob)).toContainText('the code is 42')

  await menu(ada).getByRole('button', { name: 'Log out' }).click()
  await expect(ada.getByText('The vault is for managers')).toBeVisible()
  await expect(ada.getByText('the code is 42')).toHaveCount(0)
  await logIn(ada, 'Ada', 'Trader')
  await expect(ada.getByText('You are Ada, a trader')).toBeVisible()
})

test('a guest reacts as the user of its browser, and no one else can write that reaction', async ({ visitor }) => {
  const ada = await visitor({ name: 'Ada', url: demo.url })
  await write(ada, 'react to this')
  await react(ada, 'react to this', 'Heart')
  const chip = row(ada, 'react to this').getByRole('button', { name: 'Heart: 1' })
  await expect(chip).toHaveAttribute('aria-pressed', 'true')
  const { id } = await ada.evaluate(() => JSON.parse(localStorage['wildcast-demo-account']))
  const subject = `reaction.apple.some-id.guest-${publicName(id)}`
  const put = async (token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const body = JSON.stringify({ name: 'Ada', emoji: ['✅'] })
    return (await fetch(`${demo.url}/value/${subject}`, { method: 'PUT', headers, body })).status
  }
  expect(await put(`guest-${id}`)).toBe(204)
  expect(await put(`guest-${'0'.repeat(28)}`), 'another browser').toBe(403)
  expect(await put(), 'a program').toBe(403)
  expect(await put('guest-x'), 'no secret').toBe(401)
  await ada.reload()
  await expect(chip).toHaveAttribute('aria-pressed', 'true')
})

test('a login refuses names that no one can have, and keeps those with markup', async ({ person }) => {
  const page = await person('Ada', demo.url)
  await menu(page).getByRole('button', { name: 'Log in' }).click()
  for (const [name, reason] of [
    ['', 'one character at least'],
    ['   ', 'one character at least'],
    ['x'.repeat(10_000), '40 characters at most'],
    ['a\u0000b', 'no control characters'],
  ] as const) {
    await submit(page, name, 'Trader')
    await expect(dialog(page)).toContainText(reason)
  }
  await submit(page, '<b>*.> "{user}"</b>', 'Trader')
  await expect(menu(page)).toContainText('<b>*.> "{user}"</b>')
  await expect(page.getByRole('status')).toHaveText('online')
  await say(page, 'markup is a name')
  await expect(conversation(page)).toContainText('<b>*.> "{user}"</b>')
  // A tab of the same browser has the same account, and follows when that ends.
  const other = await page.context().newPage()
  await other.goto(demo.url)
  await expect(menu(other)).toContainText('<b>*.> "{user}"</b>')
  await menu(page).getByRole('button', { name: 'Log out' }).click()
  await expect(menu(other).getByRole('button', { name: 'Log in' })).toBeVisible()
})

test('a token that expires is replaced, and a revoked right is explained and given back', async ({ person }) => {
  const page = await person('Ada', demo.url, 'faults')
  await expect(panel(page, 'My right')).toContainText('A guest has no token')
  await logIn(page, 'Ada', 'Trader')
  await page.getByRole('button', { name: 'Expire my token' }).click()
  await expect(journal(page)).toContainText('the fault panel holds the renewal back')
  await expect(journal(page)).toContainText('the token has expired')
  await expect(panel(page, 'My right')).toContainText('Token 3 is valid')
  await expect(page.getByRole('status')).toHaveText('online')

  await page.getByRole('button', { name: 'Revoke my right' }).click()
  const notice = page.getByRole('alert')
  await expect(notice).toContainText('Your right was revoked')
  await expect(notice).toContainText('The relay’s reason: an operator has ended the sessions of this user')
  await expect(page.getByRole('status')).toHaveText('closed')
  // A reload is no way round: the login refuses to renew.
  await page.reload()
  await expect(notice).toContainText('Your right was revoked')
  await notice.getByRole('button', { name: 'Log in again' }).click()
  await expect(page.getByRole('status')).toHaveText('online')
  await expect(notice).toHaveCount(0)
})

test('a leader whose lock is deleted leads no longer', async ({ person }) => {
  const page = await person('Ada', demo.url, 'faults')
  await expect(panel(page, 'Leader')).toContainText('Nobody leads')
  const value = `${demo.url}/value/desk.leader`
  expect((await fetch(value, { method: 'PUT', body: '{"name": "<b>Bob</b>"}' })).ok).toBe(true)
  await expect(panel(page, 'Leader')).toContainText('<b>Bob</b>')
  await page.getByRole('button', { name: 'Kill the leader' }).click()
  await expect(panel(page, 'Leader')).toContainText('Nobody leads')
  expect((await fetch(value)).status).toBe(404)
})
