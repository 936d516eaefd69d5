import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { type RelayProcess, startRelay } from './relay.js'

interface Fixtures {
  /** Starts the test's relay at the first call: many tests open other ones only. */
  readonly needRelay: () => Promise<RelayProcess>
  readonly relay: RelayProcess
  /**
   * Fails the test if a page of the context writes an error or a warning to the console, or has an
   * exception or a rejection that is not handled.
   */
  readonly watch: (context: BrowserContext, name: string) => void
  /**
   * Opens the demo in a window of its own, as another person, by default at the test's relay and
   * with the chat. It is watched.
   */
  readonly person: (name: string, url?: string, view?: View) => Promise<Page>
}

type View = 'chat' | 'dashboard' | 'dashboard/market' | 'explorer' | 'faults'

// Chromium itself writes these if no relay listens, it drains or ends in mid-answer, a proxy
// refuses, or a tab hands its connection over while it opens.
const network = /net::ERR_(CONNECTION|EMPTY|SOCKET|INCOMPLETE|CONTENT_LENGTH)|response code: (403|503)/
const handOver = /closed before the connection is established/
const isOutage = (text: string): boolean => [network, handOver].some((each) => each.test(text))

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
  needRelay: ({}, use) => relayWhenNeeded(startRelay, use),
  relay: async ({ needRelay }, use) => use(await needRelay()),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
  watch: async ({}, use) => {
    const complaints: string[] = []
    await use((context, name) => {
      context.on('weberror', (error) => complaints.push(`${name}: ${error.error().message}`))
      context.on('console', (message) => {
        const isBad = ['error', 'warning'].includes(message.type())
        if (isBad && !isOutage(message.text())) complaints.push(`${name}: ${message.text()}`)
      })
    })
    expect(complaints).toEqual([])
  },
  person: async ({ browser, needRelay, watch }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (name, url, view = 'chat') => {
      const context = await browser.newContext()
      contexts.push(context)
      watch(context, name)
      const page = await context.newPage()
      await page.addInitScript(skipTour)
      await page.goto(`${url ?? (await needRelay()).url}/#/${view}`)
      await page.getByLabel('Your name').fill(name)
      await expect(page.getByRole('status')).toHaveText('online')
      return page
    })
    for (const context of contexts) await context.close()
  },
})

/** The fixture `needRelay`: starts the relay of a test when it is first asked for. */
export async function relayWhenNeeded(
  start: () => Promise<RelayProcess>,
  use: (need: () => Promise<RelayProcess>) => Promise<void>,
): Promise<void> {
  let relay: Promise<RelayProcess> | undefined
  await use(() => {
    relay ??= start()
    return relay
  })
  await (await relay)?.kill()
}

export { expect }

/** Runs in a page before its code: it has been there before, so it shows no tour. */
export function skipTour(): void {
  localStorage['wildcast-demo'] ??= '{"state":{}}'
}

/** Sends a message to the room that is open. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Opens a room of the demo with several brokers, on one of them. */
export async function openRoomOn(page: Page, broker: string, room = 'apple'): Promise<void> {
  await page.getByLabel('Broker of the new room').selectOption(broker)
  await page.getByLabel('New room', { exact: true }).fill(room)
  await page.getByLabel('New room', { exact: true }).press('Enter')
  await expect(page.getByRole('heading', { name: `good.${room}` })).toBeVisible()
}

/** The conversation of the room that is open. */
export function conversation(page: Page): ReturnType<Page['getByLabel']> {
  return page.getByLabel('Conversation')
}
