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

/** The number of a tile. */
async function tile(page: Page, title: string): Promise<number> {
  const text = await page.locator('dl > div', { hasText: title }).locator('dd span').first().textContent()
  return Number.parseFloat((text ?? '').replaceAll(',', ''))
}

test('every stream is live, and its messages are in the charts, the table and the map', async ({ person }) => {
  const page = await person('Alice', demo.url, 'dashboard')
  for (const title of ['Sensors', 'Prices', 'Orders by packer']) await expect(panel(page, title)).toContainText('live')
  for (const place of ['cellar', 'hall', 'truck', 'greenhouse'])
    await expect(panel(page, 'Sensors')).toContainText(new RegExp(`${place}-?\\d+\\.\\d°`))
  await expect(panel(page, 'Prices')).toContainText(/apple\d\.\d{3}/)
  await expect(panel(page, 'Orders by packer')).toContainText(/this window[1-9]/)
  await expect(panel(page, 'Round trip')).toContainText(/main[\d.]+ ms/)
  await expect(panel(page, 'Relay')).toContainText(/in, of all clients[1-9]/)
  await expect(panel(page, 'Map')).toContainText('price')
  for (const subject of ['price.', 'sensor.', 'order.'])
    await expect(panel(page, 'Live messages').getByRole('row', { name: subject }).first()).toBeVisible()
  await expect.poll(() => tile(page, 'Messages to this page')).toBeGreaterThan(10)
  expect(await tile(page, 'Missed')).toBe(0)
})

test('a paused dashboard shows the same rows until it is resumed', async ({ person }) => {
  const page = await person('Alice', demo.url, 'dashboard')
  const table = panel(page, 'Live messages')
  await expect(table.getByRole('row')).toHaveCount(13)
  await page.getByRole('button', { name: 'Pause' }).click()
  const rows = await table.textContent()
  const packed = await tile(page, 'Orders packed here')
  const other = await person('Bob', demo.url, 'dashboard')
  await expect.poll(() => tile(other, 'Orders packed here')).toBeGreaterThan(5)
  expect(await table.textContent()).toBe(rows)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect.poll(() => table.textContent()).not.toBe(rows)
  await expect.poll(() => tile(page, 'Orders packed here')).toBeGreaterThan(packed)
})

test("with a maximal rate the relay leaves out most prices, which don't count as missed", async ({ person }) => {
  const page = await person('Alice', demo.url, 'dashboard')
  const delivery = panel(page, 'Delivery of prices')
  await expect(delivery).toContainText(/^(?!.*[1-9]\d % left out).*0 % left out/s)
  await delivery.getByRole('button', { name: '1/s', exact: true }).click()
  await expect(delivery).toContainText(/[89]\d % left out/)
  await expect(panel(page, 'Prices')).not.toContainText('missed')
  await delivery.getByRole('button', { name: 'all' }).click()
  await expect(delivery).toContainText(/(?<!\d)[0-5] % left out/)
})

for (const count of [2, 5])
  test(`${count} windows share the orders, and each order goes to one of them`, async ({ person }) => {
    test.slow() // the windows share the cores of the machine
    const names = ['Alice', 'Bob', 'Carol', 'Dan', 'Eve'].slice(0, count)
    const pages: Page[] = []
    for (const name of names) pages.push(await person(name, demo.url, 'dashboard'))
    for (const [i, page] of pages.entries()) {
      const orders = panel(page, 'Orders by packer')
      await expect(orders).toContainText(/this window[\d.]+\/s/)
      for (const name of names.filter((_, other) => other !== i)) await expect(orders).toContainText(name)
      await expect.poll(() => tile(page, 'Orders packed here')).toBeGreaterThan(0)
    }
  })

test('a dashboard that is opened offline claims no prices and no connection', async ({ person }) => {
  const page = await person('Alice', demo.url, 'faults')
  await page.getByRole('button', { name: 'Cut for 8 s' }).click()
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await expect(panel(page, 'Delivery of prices')).toContainText('no prices now')
  await expect(panel(page, 'Map')).toContainText('this pageoffline')
  await expect(panel(page, 'Prices')).toContainText('live')
  await expect(panel(page, 'Delivery of prices')).toContainText('% left out')
})

test('the theme and the view survive a reload', async ({ person }) => {
  const page = await person('Alice', demo.url, 'dashboard')
  await page.getByRole('button', { name: 'Light theme' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await expect(panel(page, 'Prices')).toContainText('live')
})
