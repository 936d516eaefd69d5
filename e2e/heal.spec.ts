import type { Page } from '@playwright/test'
import { startDemo } from './demo.js'
import { expect, input, openRoom, row, test, write } from './visitor.js'

const menu = (page: Page) => page.getByRole('complementary', { name: 'Menu' })

/** Logs in by the dialog that is open. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Log in' }).click()
}

test('npm start ends and starts again under a trader and a guest: both write on, and no view is lost', async ({
  visitor,
}) => {
  const demo = await startDemo()
  const ada = await visitor({ name: 'Ada', url: demo.url, theme: 'dark' })
  const bob = await visitor({ name: 'Bob', url: demo.url, phone: true })
  // A login loads the page again, and keeps the drafts.
  await input(ada).fill('half a thought')
  await menu(ada).getByRole('button', { name: 'Log in' }).click()
  await logIn(ada, 'Ada')
  await expect(menu(ada).getByRole('button', { name: 'Log out' })).toBeVisible()
  await expect(input(ada)).toHaveValue('half a thought')
  await expect(ada.getByRole('status')).toHaveText('online')
  await input(ada).press('Enter')
  await expect(row(bob, 'half a thought')).toBeVisible()

  await demo.stop()
  for (const page of [ada, bob]) await expect(page.getByRole('status')).toHaveText('offline')
  await ada.getByRole('link', { name: 'Explorer' }).click()
  await expect(ada.getByText('This view opens when the connection is back.')).toBeVisible()
  await write(bob, 'written in the dark')

  // Its secret is new, so the old token is worth nothing.
  await demo.restart()
  for (const page of [ada, bob]) await expect(page.getByRole('status')).toHaveText('online')
  await expect(ada.getByRole('button', { name: 'Send a wrong price' })).toBeVisible()
  await openRoom(ada, 'apple')
  for (const text of ['half a thought', 'written in the dark']) await expect(row(ada, text)).toHaveCount(1)
  await write(ada, 'with a new token')
  await expect(row(bob, 'with a new token')).toBeVisible()
  await expect(ada.getByRole('alert')).toHaveCount(0)
  await ada.context().close()
  await bob.context().close()
  await demo.stop()
})

test('a browser that keeps nothing chats as a guest, and a login is refused with the reason', async ({
  browser,
  watch,
}) => {
  const demo = await startDemo()
  const context = await browser.newContext()
  watch(context, 'Ada')
  const page = await context.newPage()
  await page.addInitScript(() => {
    const deny = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get: deny })
    IDBFactory.prototype.open = deny
  })
  await page.goto(demo.url)
  await write(page, 'from a private window')
  await expect(row(page, 'from a private window')).toContainText('Sent')
  await menu(page).getByRole('button', { name: 'Log in' }).click()
  await logIn(page, 'Ada')
  await expect(page.getByRole('dialog')).toContainText('Your browser keeps nothing for this page')
  await context.close()
  await demo.stop()
})
