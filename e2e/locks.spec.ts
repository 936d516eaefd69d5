import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test'
import { type Authenticate, attach, Grants, http, memory, newId, realClock, websocket } from '@wildcast/relay'
import { pageScript } from './page-script.js'

/** Every token is the name of its user, who may do everything. */
const authenticate: Authenticate = async ({ token: user }) => {
  const all = ['**']
  const rules = { publish: all, subscribe: all, presence: all }
  return { user, claims: {}, grants: new Grants([{ name: 'member', rules }], { user, claims: {} }) }
}

const test = base.extend<
  { readonly url: string; readonly visit: (user: string) => Promise<Page> },
  { readonly script: string }
>({
  script: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
    async ({}, use) => {
      await use(await pageScript('locks-page.tsx'))
    },
    { scope: 'worker' },
  ],
  // Not `page.route`: Chromium blocks WebSockets to this machine for a page from elsewhere.
  url: async ({ script }, use) => {
    const server = createServer((request, response) => {
      const isScript = request.url === '/script.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? script : '<!doctype html><body><script type="module" src="/script.js"></script>')
    })
    const { close } = await attach(server, {
      brokers: { test: memory({ clock: realClock, newId }) },
      gateways: [http, websocket({ mode: 'json' })],
      authenticate,
      onError: () => {},
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await close()
    server.close()
    server.closeAllConnections()
  },
  visit: async ({ browser, url }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (user) => {
      const context = await browser.newContext()
      contexts.push(context)
      const page = await context.newPage()
      await page.goto(`${url}/?user=${user}`)
      return page
    })
    for (const context of contexts) await context.close()
  },
})

const status = (page: Page, name: string): Locator => page.getByRole('status', { name })
const click = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click()
const lists = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { lists: string[] }).lists)

test("two windows fight for a lock; the holder's window is closed, and the other holds it", async ({ visit }) => {
  const [ada, bob] = [await visit('ada'), await visit('bob')]
  for (const page of [ada, bob]) await expect(status(page, 'lock')).toHaveText('free')
  await Promise.all([click(ada, 'Edit'), click(bob, 'Edit')])
  const isHeld = (page: Page): Promise<boolean> =>
    status(page, 'lock')
      .textContent()
      .then((text) => text === 'held')
  await expect.poll(async () => (await isHeld(ada)) !== (await isHeld(bob))).toBe(true)
  const [holder, other] = (await isHeld(ada)) ? [ada, bob] : [bob, ada]
  await expect(status(other, 'lock')).toHaveText('waiting')
  await holder.close()
  await expect(status(other, 'lock')).toHaveText('held')
  await click(other, 'Done')
  await expect(status(other, 'lock')).toHaveText('free')
})

test('one window leads, and another one when that is closed', async ({ visit }) => {
  const [ada, bob] = [await visit('ada'), await visit('bob')]
  await expect(status(ada, 'leader')).toHaveText('leader')
  await expect(status(bob, 'users')).toHaveText('ada 1, bob 1')
  await expect(status(bob, 'leader')).toHaveText('follower')
  await ada.close()
  await expect(status(bob, 'leader')).toHaveText('leader')
})

test('a user who loads the page again never leaves the list of the others, and the value is there at once', async ({
  visit,
}) => {
  const [ada, bob] = [await visit('ada'), await visit('bob')]
  await expect(status(bob, 'users')).toHaveText('ada 1, bob 1')
  await click(bob, 'Write')
  await expect(status(ada, 'text')).toHaveText('x')
  await ada.reload()
  await expect(status(ada, 'text')).toHaveText('x')
  await expect(status(ada, 'users')).toHaveText('ada 1, bob 1')
  await ada.close()
  await expect(status(bob, 'users')).toHaveText('bob 1')
  const seen = await lists(bob)
  expect(seen.slice(seen.indexOf('ada 1, bob 1'))).toEqual(['ada 1, bob 1', 'bob 1'])
})
