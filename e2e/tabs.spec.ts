import type { BrowserContext, Page } from '@playwright/test'
import { openProxy, type Proxy as RelayProxy } from './proxy.js'
import { conversation, expect, say, test } from './test.js'

/** Opens tabs of one browser, whose connections go through a proxy that counts them. */
async function openTabs(context: BrowserContext, proxy: RelayProxy, count: number): Promise<Page[]> {
  const pages: Page[] = []
  for (let i = 0; i < count; i++) {
    const page = await context.newPage()
    await page.goto(`${proxy.url}/?share-tabs`)
    if (i === 0) await page.getByLabel('Your name').fill('Alice')
    await expect(page.getByRole('status')).toHaveText('online')
    pages.push(page)
  }
  return pages
}

const texts = (page: Page): Promise<string[]> => conversation(page).locator('p.break-words').allTextContents()
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `message ${i}`)

/** How the tab that holds the connection may end. */
const ends = {
  'is closed': (page: Page) => page.close(),
  crashes: async (page: Page) => {
    const session = await page.context().newCDPSession(page)
    void session.send('Page.crash').catch(() => {}) // it never answers
    await page.waitForEvent('crash')
  },
}

for (const [how, end] of Object.entries(ends))
  test(`five tabs hold one connection; its tab ${how} in mid-stream, and no message is lost`, async ({
    browser,
    person,
    relay,
    watch,
  }) => {
    const proxy = await openProxy(relay.port)
    const context = await browser.newContext()
    watch(context, 'tabs')
    const [first, ...others] = await openTabs(context, proxy, 5)
    if (!first) throw new Error('five were opened')
    expect(proxy.upgrades).toBe(1)
    const bob = await person('Bob')
    const all = numbered(40)
    for (const text of all) {
      if (text === 'message 20') await Promise.all([end(first), say(bob, text)])
      else await say(bob, text)
    }
    await say(others[0] ?? first, 'from a tab')
    await expect(conversation(bob)).toContainText('from a tab')
    for (const page of others) {
      await expect(conversation(page)).toContainText('from a tab')
      expect(await texts(page)).toEqual([...all, 'from a tab'])
      await expect(page.getByRole('status')).toHaveText('online')
    }
    expect(proxy.upgrades).toBe(2)
    await context.close()
    proxy.close()
  })
