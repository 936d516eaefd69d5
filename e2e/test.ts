import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { type RelayProcess, startRelay } from './relay.js'

interface Fixtures {
  readonly relay: RelayProcess
  /**
   * Opens the demo in a window of its own, as another person, by default at the test's relay. An
   * error on the console fails the test.
   */
  readonly person: (name: string, url?: string) => Promise<Page>
}

// Chromium itself writes these when nobody listens, or a proxy refuses; and the SDK reports each
// outage once.
const outage =
  /net::ERR_(CONNECTION|EMPTY|SOCKET|INCOMPLETE)|handshake: Unexpected response code: 403|^wildcast transport /

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that a function needs from its pattern
  relay: async ({}, use) => {
    const relay = await startRelay()
    await use(relay)
    await relay.kill()
  },
  person: async ({ browser, relay }, use) => {
    const contexts: BrowserContext[] = []
    const complaints: string[] = []
    await use(async (name, url = relay.url) => {
      const context = await browser.newContext()
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error' && !outage.test(message.text())) complaints.push(`${name}: ${message.text()}`)
      })
      await page.goto(`${url}/#/chat`)
      await page.getByLabel('Your name').fill(name)
      await expect(page.getByRole('status')).toHaveText('online')
      return page
    })
    for (const context of contexts) await context.close()
    expect(complaints).toEqual([])
  },
})

export { expect }

/** Says something in the room that is open. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** What the open room's conversation reads. */
export function conversation(page: Page): ReturnType<Page['getByLabel']> {
  return page.getByLabel('Conversation')
}
