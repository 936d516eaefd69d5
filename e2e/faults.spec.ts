import type { Locator, Page } from '@playwright/test'
import { type Demo, startDemo } from './demo.js'
import { expect, test } from './test.js'

let demo: Demo

// One after the other, since they share a demo.
test.describe.configure({ mode: 'default' })
test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.stop())

const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })
const outcomes = (page: Page): Locator => panel(page, 'Every message has an outcome')
const journal = (page: Page): Locator => page.getByRole('list', { name: 'Journal' })

test('a cut connection is shown with its next attempt, heals by itself, and loses no message', async ({ person }) => {
  const page = await person('Alice', demo.url, 'faults')
  await expect(outcomes(page)).toContainText(/[1-9]\d*received/)
  await page.getByRole('button', { name: 'Cut for 2 s' }).click()
  await expect(panel(page, 'My connection')).toContainText(/Trying again in \d/)
  await expect(page.getByRole('status')).toContainText('offline')
  await expect(outcomes(page)).toContainText(/[1-9]\d*waiting for the connection/)
  await expect(outcomes(page)).toContainText('catching-up')

  await expect(page.getByRole('status')).toHaveText('online')
  await expect(outcomes(page)).toContainText(/Continuitylive/)
  await expect(journal(page)).toContainText('messages: live')
  await page.getByRole('button', { name: 'Stop sending' }).click()
  await expect(outcomes(page)).toContainText(/Came back(\d+) of \1Came twice0/)
  await expect(outcomes(page)).toContainText(/Missed0/)
})

test('the end of a cut is noticed at once, and the time offline counts from the loss', async ({ person }) => {
  const page = await person('Alice', demo.url, 'faults')
  await expect(outcomes(page)).toContainText(/[1-9]\d*received/)
  await page.getByRole('button', { name: 'Cut for 8 s' }).click()
  await expect(panel(page, 'Brokers')).toContainText('not known: the relay can’t be asked')
  await expect
    .poll(async () => {
      const text = (await panel(page, 'My connection').textContent()) ?? ''
      const [, offline, rest] = /attempt [3-9]; offline for ([\d.]+) s.*for another ([\d.]+) s/.exec(text) ?? []
      return Math.round(Number(offline) + Number(rest))
    })
    .toBe(8)
  await expect(journal(page)).toContainText('the line is whole again')
  await expect(page.getByRole('status')).toHaveText('online')
  // The newest entry comes first.
  const [after = ''] = ((await journal(page).textContent()) ?? '').split('the line is whole again')
  expect(after).toContain('online')
  expect(after).not.toContain('offline')
})

test('a slow line keeps the session, and what the page misses is counted', async ({ person }) => {
  const page = await person('Alice', demo.url, 'faults')
  await expect(outcomes(page)).toContainText(/[1-9]\d*received/)
  await page.getByRole('button', { name: '128 kB/s' }).click()
  await expect(page.getByText('slow line: 128 kB/s')).toBeVisible()
  await expect(journal(page)).toContainText('messages: live')
  await expect(outcomes(page)).toContainText(/Missed0/)

  await page.getByRole('link', { name: 'Dashboard' }).click()
  await page.getByRole('button', { name: '5k/s' }).click()
  await expect(panel(page, 'Prices')).toContainText(/[1-9][\d,]* missed/, { timeout: 90_000 })
  await page.getByRole('button', { name: 'usual' }).click()
  await page.getByRole('button', { name: 'end' }).click()
  await expect(panel(page, 'Prices')).toContainText('live')
  await expect(page.getByRole('status')).toHaveText('online')
})

test('without the demo beside the relay the panel explains what it can not do', async ({ person }) => {
  const page = await person('Alice', undefined, 'faults')
  await expect(panel(page, 'My connection')).toContainText('A slow line needs')
  await expect(panel(page, 'Brokers')).toContainText('npm run demo:brokers')
})
