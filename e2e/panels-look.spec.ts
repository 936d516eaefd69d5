import type { Locator, Page } from '@playwright/test'
import { expectLook } from './look.js'
import { curl, expect, test } from './visitor.js'

const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })

/** A round of all streams. Its values stay the same, so that the axes of the charts do, too. */
const round: readonly (readonly [subject: string, payload: object])[] = [
  ['sensor.cellar.temperature', { value: 4, unit: '°C' }],
  ['sensor.hall.temperature', { value: 17.5, unit: '°C' }],
  ['sensor.truck.temperature', { value: 9, unit: '°C' }],
  ['price.apple', { price: 2.436 }],
  ['price.pear', { price: 3.069 }],
  ['order.apple', { id: 1, boxes: 3 }],
]

/**
 * Publishes a round for each tenth frame of a page, until the returned function is called, which
 * waits for the last one.
 */
function simulate(url: string, page: Page): () => Promise<void> {
  let isOver = false
  const rounds = (async () => {
    await curl(url, 'price.apple', '{"price":2.4}')
    await curl(url, 'price.pear', '{"price":3.1}')
    while (!isOver) {
      for (const [subject, payload] of round) await curl(url, subject, JSON.stringify(payload))
      await page.evaluate(tenFrames)
    }
  })()
  return () => {
    isOver = true
    return rounds
  }
}

/** Runs in the page. Resolves after ten of its frames. */
async function tenFrames(): Promise<void> {
  for (let frame = 0; frame < 10; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

for (const theme of ['dark', 'light'] as const) {
  test(`the dashboard looks as it should, in the ${theme} theme`, async ({ visitor, relay }) => {
    const page = await visitor({ name: 'Ada Lovelace', view: 'dashboard', theme, calm: true })
    await page.setViewportSize({ width: 1200, height: 1480 })
    for (const title of ['Sensors', 'Prices', 'Orders by packer'])
      await expect(panel(page, title)).toContainText('live')
    const end = simulate(relay.url, page)
    // One subject, since a pause comes at any place of a round.
    await page.getByLabel('Filter by subject').fill('sensor.cellar')
    await expect(panel(page, 'Live messages').getByRole('row')).toHaveCount(13)
    await expect(panel(page, 'Round trip').getByRole('listitem').first()).toContainText('ms')
    await expect(panel(page, 'Orders by packer')).toContainText('this window')
    await page.getByRole('button', { name: 'Pause' }).click()
    await end()
    await page.getByLabel('Filter by subject').blur()
    const rates = ['Orders by packer', 'Round trip', 'Relay'].map((title) =>
      panel(page, title).locator('[role=img], ul'),
    )
    await expectLook(page, `dashboard-${theme}`, [...rates, ...moving(page)])
  })

  test(`the market looks as it should, in the ${theme} theme`, async ({ visitor, relay }) => {
    await Promise.all(Array.from({ length: 200 }, (_, i) => quote(relay.url, i)))
    const page = await visitor({ name: 'Ada Lovelace', view: 'dashboard/market', theme, calm: true })
    await page.setViewportSize({ width: 1200, height: 900 })
    await expect(panel(page, 'Market')).toContainText('200 quotes, live')
    await expect(panel(page, 'Market').getByRole('row')).toHaveCount(21)
    await expect(panel(page, 'Leader')).toContainText('This window leads.')
    await expect(page.getByText('1 here')).toBeVisible()
    await expectLook(page, `market-${theme}`)
  })

  test(`the fault panel looks as it should, in the ${theme} theme`, async ({ visitor }) => {
    const page = await visitor({ name: 'Ada Lovelace', theme, calm: true })
    await page.evaluate(sendFast)
    await page.getByRole('link', { name: 'Faults' }).click()
    const outcomes = panel(page, 'Every message has an outcome')
    await expect(outcomes).toContainText('96received')
    await page.getByRole('button', { name: 'Stop sending' }).click()
    await expect(outcomes).toContainText(/96received.*Came back(\d+) of \1Came twice0/)
    await expect(panel(page, 'My connection')).toContainText('A slow line needs')
    await page.mouse.move(0, 0)
    await expectLook(page, `faults-${theme}`, [
      panel(page, 'My connection').getByText(/^over websocket, for/),
      outcomes.locator('dd').filter({ hasText: /:| of / }),
      page.getByRole('list', { name: 'Journal' }).getByText(/^\d\d:\d\d:\d\d/),
    ])
  })
}

/** Writes a quote, which differs by its number. */
async function quote(url: string, number: number): Promise<void> {
  const body = JSON.stringify({ price: 1 + number / 100, change: ((number * 7) % 17) - 8, mover: false })
  const { ok } = await fetch(`${url}/value/quote.apple-${String(number).padStart(3, '0')}`, { method: 'PUT', body })
  expect(ok).toBe(true)
}

/** Makes the page send its messages without waiting, so that they soon fill the panel's grid. */
function sendFast(): void {
  const usual = window.setInterval.bind(window)
  window.setInterval = Object.assign((run: () => void, ms?: number) => usual(run, ms === 250 ? 10 : ms), usual)
}

/** The numbers of the tiles, the lights of the map, the rates of a delivery, the times of rows. */
function moving(page: Page): readonly Locator[] {
  return [
    page.locator('dd'),
    panel(page, 'Map').locator('span[style]'),
    panel(page, 'Delivery of prices').locator('span[style], p.tabular-nums, span.text-right'),
    panel(page, 'Live messages').getByRole('cell', { name: /^\d\d:\d\d:\d\d/ }),
  ]
}
