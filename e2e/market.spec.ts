import type { Locator, Page } from '@playwright/test'
import { type Demo, startDemo } from './demo.js'
import { expect, test } from './test.js'
import { curl } from './visitor.js'

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.stop())

const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })
const here = (page: Page): Locator => page.getByRole('list', { name: 'Who is here' })
const limit = (page: Page): Locator => page.getByLabel('Mark prices over')
const click = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click()

test.describe('with one window', () => {
  test('1,000 quotes are live, and a filter leaves most of their bytes to the relay', async ({ person }) => {
    const page = await person('Alice', demo.url, 'dashboard/market')
    const market = panel(page, 'Market')
    await expect(market).toContainText('other quote.*')
    await expect(market).toContainText('1,000 quotes, live')
    const rows = market.getByRole('row')
    await expect(rows.nth(1)).toContainText(/apple-01\d\.\d{3}[+-]?\d+\.\d\d %/)
    expect(await rows.count()).toBeLessThan(40)
    const first = await rows.nth(1).textContent()
    await expect.poll(() => rows.nth(1).textContent()).not.toBe(first)

    // The keyboard scrolls to the last row.
    await market.getByRole('region', { name: 'Quotes' }).press('End')
    await expect(market.getByRole('row', { name: 'quince-50' })).toBeVisible()
    expect(await rows.count()).toBeLessThan(40)

    // Guests have the rights to the desk.
    await click(page, 'Take the desk')
    await expect(panel(page, 'Auction desk')).toContainText('You hold the desk.')
    await expect(panel(page, 'Leader')).toContainText('This window leads.')

    const bytes = async (name: string): Promise<number> => {
      const text = (await market.textContent()) ?? ''
      const [, size, unit] = new RegExp(`${name} [\\d.]+/s([\\d.]+) (k?)B/s`).exec(text) ?? []
      return Number(size) * (unit === 'k' ? 1000 : 1)
    }
    await expect.poll(() => bytes('all')).toBeGreaterThan(20_000)
    await market.getByRole('button', { name: 'movers' }).click()
    await expect(market).toContainText(/[^,\d]\d{1,3} quotes, live/)
    await expect.poll(async () => (await bytes('movers')) / (await bytes('all'))).toBeLessThan(0.7)
    for (const text of await rows.filter({ hasText: '%' }).allTextContents())
      expect(Math.abs(Number(/([+-]?\d+\.\d\d) %/.exec(text)?.[1]))).toBeGreaterThan(2.9)
  })

  test('a wrong price is refused by the relay, with its path', async ({ person }) => {
    const page = await person('Alice', demo.url, 'explorer')
    await click(page, 'Send a wrong price')
    await expect(page.getByLabel('Payload')).toHaveValue('{"price": "cheap", "by": "Ada"}')
    const refusal = page.getByText('invalid_payload').locator('..')
    await expect(refusal).toContainText('desk.limit: "price": Invalid type: Expected number')
    await expect(page.getByText('The relay refused it: it enforces the contract.')).toBeVisible()
    // The page itself refuses it in the same words.
    await click(page, 'Publish')
    await expect(page.getByText('The relay refused it')).toHaveCount(0)
    await expect(refusal).toContainText('desk.limit: "price": Invalid type: Expected number')
  })
})

// On a relay without quotes, since Playwright reports each frame of each window.
test('two windows see each other, share a desk and a leader, and overwrite nothing unseen', async ({
  person,
  relay,
}) => {
  const alice = await person('Alice', relay.url, 'dashboard/market')
  const bob = await person('Bob', relay.url, 'dashboard/market')
  await expect(panel(bob, 'Market')).toContainText('No quotes yet.')
  for (const page of [alice, bob]) await expect(here(page)).toContainText('Alice')
  await expect(here(alice)).toContainText('Bob, in the dashboard')
  await expect(here(bob)).toContainText('Bob (you), in the dashboard')

  await click(alice, 'Take the desk')
  await expect(panel(alice, 'Auction desk')).toContainText('You hold the desk.')
  await click(bob, 'Take the desk')
  await expect(panel(bob, 'Auction desk')).toContainText('Alice holds the desk. You wait for your turn.')
  await expect(alice.getByRole('list', { name: 'Waiting for the desk' })).toHaveText('BOBob')

  await expect(panel(alice, 'Leader')).toContainText('This window leads.')
  await expect(panel(bob, 'Leader')).toContainText('Alice leads.')
  await curl(relay.url, 'price.apple', '{"price": 2.5}')
  await expect(panel(bob, 'Leader')).toContainText(/apple2\.500.*by Alice at/)

  // The leader is killed twice: each time the other window leads.
  for (const next of [bob, alice]) {
    expect((await fetch(`${relay.url}/value/desk.leader`, { method: 'DELETE' })).ok).toBe(true)
    await expect(panel(next, 'Leader')).toContainText('This window leads.')
  }

  // Bob's limit is saved while Alice edits: she sees both, and chooses.
  await limit(alice).fill('4')
  await limit(bob).fill('5.5')
  await click(bob, 'Save')
  const conflict = panel(alice, 'Price limit')
  await expect(conflict).toContainText('Bob set 5.5 while you wrote 4.')
  await click(alice, 'Keep mine: 4')
  await expect(conflict).toContainText('4, set by Alice')
  await expect(limit(bob)).toHaveValue('4')
  await limit(bob).fill('6')
  await limit(alice).fill('7')
  await click(alice, 'Save')
  await click(bob, 'Take theirs: 7')
  await expect(limit(bob)).toHaveValue('7')
  await limit(bob).fill('cheap')
  await expect(panel(bob, 'Price limit')).toContainText('A price, such as 4.5')
  await expect(bob.getByRole('button', { name: 'Save' })).toBeDisabled()

  await alice.getByRole('link', { name: 'Explorer' }).click()
  await expect(here(bob)).toContainText('Alice, in the explorer')
  await alice.close()
  await expect(panel(bob, 'Auction desk')).toContainText('You hold the desk.')
  await expect(panel(bob, 'Leader')).toContainText('This window leads.')
  await expect(panel(bob, 'Leader')).toContainText('by Bob at')
  await click(bob, 'Release')
  await expect(panel(bob, 'Auction desk')).toContainText('The desk is free.')
})

test('five windows fight for the desk: one holds it, and each gets its turn', async ({ person, relay }) => {
  test.slow() // the windows share the cores of the machine
  const names = ['Alice', 'Bob', 'Carol', 'Dan', 'Eve']
  const pages = await Promise.all(names.map((name) => person(name, relay.url, 'dashboard/market')))
  await Promise.all(pages.map((page) => click(page, 'Take the desk')))
  const desk = (page: Page): Promise<string> => panel(page, 'Auction desk').innerText()
  const count = async (words: string): Promise<number> =>
    (await Promise.all(pages.map(desk))).filter((text) => text.includes(words)).length
  for (let waiting = 4; waiting >= 0; waiting--) {
    await expect.poll(async () => [await count('You hold'), await count('You wait')]).toEqual([1, waiting])
    const texts = await Promise.all(pages.map(desk))
    const at = texts.findIndex((text) => text.includes('You hold'))
    await pages[at]?.close()
    pages.splice(at, 1)
  }
})
