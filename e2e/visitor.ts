import type { Locator, Page } from '@playwright/test'
import { test as base, conversation, expect } from './test.js'

/** The window of a visitor. */
export interface Visit {
  /** @default 'Alice' */
  readonly name?: string
  /** @default the test's relay */
  readonly url?: string
  /** @default 'chat' */
  readonly view?: 'chat' | 'dashboard' | 'dashboard/market' | 'explorer' | 'faults'
  /** A phone of 390 by 844 pixels with fingers. @default false */
  readonly phone?: boolean
  readonly width?: number
  /** The theme of the system. @default 'light' */
  readonly theme?: 'light' | 'dark'
  /** Whether the visitor prefers less motion. @default false */
  readonly calm?: boolean
}

interface Fixtures {
  /** Opens the demo in a window with its own storage. It is watched, as `person` is. */
  readonly visitor: (visit?: Visit) => Promise<Page>
}

export const test = base.extend<Fixtures>({
  visitor: async ({ browser, needRelay, watch }, use) => {
    const opened: Page[] = []
    await use(async ({ name = 'Alice', url, view = 'chat', phone = false, width, theme, calm } = {}) => {
      const context = await browser.newContext({
        viewport: { width: width ?? (phone ? 390 : 1200), height: phone ? 844 : 760 },
        colorScheme: theme ?? 'light',
        reducedMotion: calm ? 'reduce' : 'no-preference',
        hasTouch: phone,
        isMobile: phone,
      })
      watch(context, name)
      const page = await context.newPage()
      opened.push(page)
      await page.addInitScript((name) => {
        const state = JSON.stringify({ state: { name, room: 'apple', theme: 'system' }, version: 0 })
        if (!localStorage.getItem('wildcast-demo')) localStorage.setItem('wildcast-demo', state)
      }, name)
      await page.goto(`${url ?? (await needRelay()).url}/#/${view}`)
      await expect(page.getByRole('status')).toHaveText('online')
      return page
    })
    for (const page of opened) await page.context().close()
  },
})

export { expect }

/** The input of the chat. */
export const input = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' })

/** Writes into the open room. */
export async function write(page: Page, text: string): Promise<void> {
  await input(page).fill(text)
  await input(page).press('Enter')
}

/** The row of a message in the open room. */
export const row = (page: Page, text: string | RegExp): Locator =>
  conversation(page).getByRole('listitem').filter({ hasText: text })

/** Adds a reaction as a reader does. */
export async function react(page: Page, text: string, emoji: string): Promise<void> {
  await row(page, text).hover()
  await row(page, text).getByRole('button', { name: 'React', exact: true }).click()
  await row(page, text).getByRole('toolbar').getByRole('button', { name: emoji }).click()
}

/** The texts of the open room, in order. */
export const texts = (page: Page): Promise<string[]> => conversation(page).locator('p.break-words').allTextContents()

/** Publishes as a program without Wildcast does. */
export async function curl(url: string, subject: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(`${url}/publish/${subject}`, { method: 'POST', body })
  expect(response.status).toBe(202)
}

/** Opens a room, on a phone through the menu. */
export async function openRoom(page: Page, room: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true })
  if (await menu.isVisible()) await menu.click()
  await page.getByRole('button', { name: `good.${room}` }).click()
}
