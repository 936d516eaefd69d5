import type { Page } from '@playwright/test'
import { expectNoFaults } from './axe.js'
import { type Demo, startDemo } from './demo.js'
import { conversation } from './test.js'
import { expect, input, row, test, type Visit, write } from './visitor.js'

const views = ['chat', 'dashboard', 'dashboard/market', 'explorer', 'faults'] as const

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.stop())

/** Opens a view and waits until it has something to show. */
async function openView(visitor: (visit: Visit) => Promise<Page>, visit: Visit): Promise<Page> {
  const page = await visitor({ url: demo.url, calm: true, ...visit })
  if (visit.view === 'chat') {
    await write(page, 'hello')
    // The demo remembers the same text of earlier visitors.
    await expect(row(page, 'Sent')).toContainText('hello')
  }
  if (visit.view === 'dashboard') await expect(page.getByText('live', { exact: true }).first()).toBeVisible()
  if (visit.view === 'dashboard/market') await expect(page.getByText('1,000 quotes, live')).toBeVisible()
  if (visit.view === 'explorer') {
    if (visit.phone) await page.getByRole('tab', { name: 'Messages' }).click()
    await page.getByRole('row').filter({ hasText: 'price.' }).first().getByRole('button').click()
  }
  return page
}

for (const view of views) {
  test(`axe finds nothing in the ${view} on a desktop`, async ({ visitor }) => {
    await expectNoFaults(await openView(visitor, { view }))
  })

  test(`axe finds nothing in the ${view} and the menu of a phone, and 320 pixels are wide enough for fingers`, async ({
    visitor,
  }) => {
    const page = await openView(visitor, { view, phone: true })
    await expectNoFaults(page)
    await page.setViewportSize({ width: 320, height: 700 })
    await expectRoom(page)
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await expect(page.getByLabel('Your name')).toBeVisible()
    await expectNoFaults(page)
    await expectRoom(page)
  })
}

/** Expects no sideways scroll, and targets of 44 pixels. */
async function expectRoom(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(320)
  expect(await smallTargets(page)).toEqual([])
}

/** Visible controls that a finger misses. A control that covers its row has the row's height. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('dialog[open]') ?? document.body
    const controls = root.querySelectorAll<HTMLElement>('button, a, input, select, textarea')
    return [...controls].flatMap((control) => {
      const { width, height } = control.getBoundingClientRect()
      const isHidden = width === 0 || !control.checkVisibility() || control.closest('.sr-only') !== null
      const covers = getComputedStyle(control, '::after').position === 'absolute'
      const reached = covers ? (control.closest('tr')?.getBoundingClientRect().height ?? 0) : height
      return isHidden || reached >= 44 ? [] : [`${control.outerHTML.slice(0, 120)}: ${reached}`]
    })
  })
}

test('the menu of a phone keeps the focus, closes with Escape, and gives the focus back', async ({ visitor }) => {
  const page = await visitor({ phone: true })
  const menu = page.getByRole('button', { name: 'Menu', exact: true })
  await menu.focus()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Menu' })
  await expect(drawer).toBeVisible()
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('Tab')
    // In one step, since the focus passes through the body at the end of the dialog.
    const isOutside = await page.evaluate(() => {
      const { activeElement, body } = document
      return activeElement !== body && activeElement?.closest('dialog') === null
    })
    expect(isOutside).toBe(false)
  }
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(menu).toBeFocused()
  await menu.click()
  await page.getByRole('link', { name: 'Explorer' }).click()
  await expect(drawer).toBeHidden()
  await expect(page.getByRole('heading', { name: 'Explorer' })).toBeVisible()
})

test('the keyboard alone skips the menu, changes the view, and sends a message', async ({ visitor }) => {
  const page = await visitor({ view: 'dashboard' })
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Tour' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Chat' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'good.apple' })).toBeVisible()
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: '1 here' })).toBeVisible()
  for (const name of ['1 here', 'Copy', 'Ask the bot: how much is an apple?']) {
    await page.keyboard.press('Tab')
    await expect(page.getByRole('button', { name })).toBeFocused()
  }
  await page.keyboard.press('Tab')
  await expect(input(page)).toBeFocused()
  await page.keyboard.type('by keyboard')
  await page.keyboard.press('Enter')
  await expect(row(page, 'by keyboard')).toContainText('Sent')
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('button', { name: 'React' })).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(conversation(page)).toBeFocused()
})

test('the theme follows the system until one is chosen, which a reload keeps', async ({ visitor }) => {
  const page = await visitor({ theme: 'dark' })
  const scheme = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await scheme()
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await scheme()
  expect(light).not.toBe(dark)
  await page.getByRole('button', { name: 'Dark theme' }).click()
  expect(await scheme()).toBe(dark)
  await page.reload()
  expect(await scheme()).toBe(dark)
  await expect(page.getByRole('button', { name: 'Dark theme' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: 'Theme of the system' }).click()
  expect(await scheme()).toBe(light)
})

test('nothing moves for a visitor who prefers less motion', async ({ visitor, relay }) => {
  const page = await visitor({ phone: true, calm: true })
  await page.getByRole('dialog', { name: 'Menu', includeHidden: true }).waitFor({ state: 'attached' })
  await relay.kill()
  await expect(page.getByRole('status')).toHaveText('offline')
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Menu' })).toBeVisible()
  const moving = (): Promise<number> =>
    page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)
  await expect.poll(moving).toBe(0)
})

test('guests differ by their avatars', async ({ visitor }) => {
  const page = await visitor({ name: 'guest-412' })
  await expect(page.getByText('G4', { exact: true }).first()).toBeVisible()
})
