import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expectNoFaults } from './axe.js'
import { type Demo, startDemo } from './demo.js'
import { conversation } from './test.js'
import { expect, input, row, test, write } from './visitor.js'

let demo: Demo

test.beforeAll(async () => {
  demo = await startDemo()
})
test.afterAll(() => demo.stop())

/** Spaces of the scale of styles.css. */
const spaces = new Set('0 px auto label 0.5 1 1.5 2 3 4 6 8 9 12'.split(' '))

/** The classes of a source that are in no scale of styles.css. */
function offScale(source: string): string[] {
  const classes = source.split(/[\s"'`]+/).map((each) => each.slice(each.lastIndexOf(':') + 1))
  return classes.filter((each) => {
    const space = /^-?(?:[pm][xytrbl]?|gap|gap-[xy]|space-[xy])-([\d[].*)$/.exec(each)?.[1]
    const isOwn = /^(?:text|leading|rounded|shadow|duration|ease)-(?:\[|\d(?!xl))/.test(each)
    return isOwn || (space !== undefined && !spaces.has(space))
  })
}

test('every size, space and duration is in a scale of the theme', async () => {
  const root = path.join(import.meta.dirname, '../demo/src')
  const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.tsx'))
  expect(files.length).toBeGreaterThan(40)
  const found: string[] = []
  for (const file of files)
    for (const name of offScale(await readFile(path.join(root, file), 'utf8'))) found.push(`${file}: ${name}`)
  expect(found).toEqual([])
})

/** The sum of the layout shifts of a page that no input has caused. */
function shiftsOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let sum = 0
    const count = (entries: readonly object[]): void => {
      for (const entry of entries)
        if ('hadRecentInput' in entry && !entry.hadRecentInput && 'value' in entry) sum += Number(entry.value)
    }
    const observer = new PerformanceObserver((list) => count(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
    count(observer.takeRecords())
    observer.disconnect()
    return sum
  })
}

/** Each view, and what it shows when its data has come. */
const views: readonly (readonly [hash: string, loaded: (page: Page) => Locator])[] = [
  ['#/dashboard', (page) => page.getByText('live', { exact: true }).first()],
  ['#/dashboard/market', (page) => page.getByText('1,000 quotes, live')],
  ['#/faults', (page) => page.getByRole('region', { name: 'Every message has an outcome' }).getByTitle('received')],
  ['#/explorer/price.*', (page) => page.getByRole('cell').filter({ hasText: '"price"' }).nth(5)],
]

for (const phone of [false, true])
  test(`nothing moves while a view loads and its data comes, on a ${phone ? 'phone' : 'desktop'}`, async ({
    visitor,
  }) => {
    const page = await visitor({ url: demo.url, phone })
    const other = await visitor({ url: demo.url, name: 'Grace' })
    await write(other, '@bot how much is an apple?')
    await expect(
      conversation(page)
        .getByText(/An apple costs|apple/)
        .last(),
    ).toBeVisible()
    for (const text of ['one', 'two', 'three']) await write(other, `${text}, on ${phone}`)
    await expect(row(page, `three, on ${phone}`)).toBeVisible()
    expect.soft(await shiftsOf(page), 'chat').toBeLessThan(0.02)
    for (const [hash, loaded] of views) {
      await page.goto(`${demo.url}/${hash}`)
      await page.reload()
      const tab = page.getByRole('tab', { name: 'Messages' })
      if (hash.startsWith('#/explorer') && phone) await tab.click()
      await expect(loaded(page).first()).toBeVisible()
      expect.soft(await shiftsOf(page), hash).toBeLessThan(0.02)
    }
  })

test('a first visit has a tour of five steps beside the chat, which is remembered, ends, and starts again', async ({
  browser,
  watch,
}) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 }, reducedMotion: 'reduce' })
  watch(context, 'newcomer')
  const page = await context.newPage()
  await page.goto(demo.url)
  const tour = page.getByRole('region', { name: 'Tour' })
  await expect(tour).toContainText('step 1 of 5')
  await write(page, 'at once')
  await expect(row(page, 'at once').last()).toContainText('Sent')
  expect(await shiftsOf(page)).toBeLessThan(0.02)
  expect(await page.evaluate(() => document.scrollingElement?.scrollWidth)).toBe(320)
  expect((await tour.boundingBox())?.height, 'one line').toBeLessThan(50)
  await tour.getByRole('button', { name: 'Details' }).click()
  await expect(tour.getByText('Write below')).toBeVisible()
  const [second] = await Promise.all([context.waitForEvent('page'), tour.getByRole('link').click()])
  await expect(row(second, 'at once').last()).toBeVisible()
  await second.close()

  const addresses = ['#/chat/main/apple', '#/dashboard/market', '#/explorer/price.*', '#/faults']
  await tour.getByRole('button', { name: 'Next' }).focus()
  for (const [i, hash] of addresses.entries()) {
    await page.keyboard.press('Enter')
    await expect(tour).toContainText(`step ${i + 2} of 5`)
    await expect.poll(() => new URL(page.url()).hash).toBe(hash)
    await expectNoFaults(page)
  }
  await tour.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('heading', { name: 'Explorer' })).toBeVisible()
  await page.reload()
  await expect(tour).toContainText('step 4 of 5')
  await tour.getByRole('button', { name: 'Next' }).click()
  await tour.getByRole('button', { name: 'Done' }).click()
  await expect(tour).toBeHidden()
  await expect(page.locator('#content')).toBeFocused()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Faults' })).toBeVisible()
  await expect(tour).toBeHidden()

  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('button', { name: 'Tour' }).click()
  await expect(tour).toContainText('step 1 of 5')
  await expect(tour).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(tour).toBeHidden()
  await context.close()
})

test('the login, the vault, an empty room and a refused price have no faults', async ({ visitor }) => {
  const page = await visitor({ url: demo.url, calm: true })
  await page.goto(`${demo.url}/#/chat/other/empty`)
  await expect(page.getByText('No messages yet')).toBeVisible()
  await expectNoFaults(page)
  await page.goto(`${demo.url}/#/chat/main/staff.vault`)
  await page.getByRole('button', { name: 'Log in as a manager' }).click()
  const dialog = page.getByRole('dialog', { name: 'Log in' })
  await dialog.getByLabel('Name').fill('')
  await dialog.getByRole('button', { name: 'Log in' }).click()
  await expect(dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
  await expectNoFaults(page)
  await page.keyboard.press('Escape')
  await expectNoFaults(page)
  await page.goto(`${demo.url}/#/explorer/price.*`)
  await page.getByRole('button', { name: 'Send a wrong price' }).click()
  await expect(page.getByText('The relay refused it')).toBeVisible()
  await page.getByRole('row').nth(2).getByRole('button').focus()
  await expectNoFaults(page)
})

test('a URL opens a room, a part or a pattern in a fresh browser, and back leads through them', async ({ visitor }) => {
  const page = await visitor({ url: demo.url })
  const open = (hash: string): Promise<unknown> => page.goto(`${demo.url}/${hash}`)
  const hash = (): string => new URL(page.url()).hash
  await page.evaluate(() => localStorage.clear())
  await open('#/chat/other/pear')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'good.pear' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Room', exact: true }).getByText('on other')).toBeVisible()
  await page.getByRole('button', { name: 'good.plum' }).click()
  await expect.poll(hash).toBe('#/chat/main/plum')
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await page.getByRole('tab', { name: 'Market' }).click()
  await expect.poll(hash).toBe('#/dashboard/market')
  await open('#/explorer/play.%3E/other')
  await expect(page.getByLabel('Pattern')).toHaveValue('play.>')
  await expect(page.getByRole('main').getByRole('combobox')).toHaveValue('other')
  await page.getByRole('button', { name: 'good.*', exact: true }).click()
  await expect.poll(hash).toBe('#/explorer/good.*/other')
  await page.goBack()
  await expect(page.getByLabel('Pattern')).toHaveValue('play.>')
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Market' })).toHaveAttribute('aria-selected', 'true')
  for (let i = 0; i < 2; i++) await page.goBack()
  await expect(page.getByRole('heading', { name: 'good.plum' })).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'good.pear' })).toBeVisible()
  await page.goForward()
  await expect(page.getByRole('heading', { name: 'good.plum' })).toBeVisible()

  const notice = page.getByRole('alert')
  for (const [bad, kind, words] of [
    ['#/nonsense', '#/chat/main/plum', 'There is no view “nonsense” here: you see chat.'],
    ['#/chat/ghost/pear', '#/chat/main/pear', 'There is no broker “ghost” here: you see main.'],
    ['#/chat/main/a.b', '#/chat/main/pear', 'There is no room “a.b” here: you see pear.'],
    ['#/chat/main/%E0%A4%A', '#/chat/main/pear', 'There is no room “%E0%A4%A” here: you see pear.'],
    ['#/dashboard/nothing', '#/dashboard', 'There is no part “nothing” here: you see the default one.'],
    ['#/explorer', '#/explorer/price.*', ''],
    ['#/explorer/order.*/ghost', '#/explorer/order.*', 'There is no broker “ghost” here: you see the default one.'],
  ] as const) {
    await open(bad)
    await expect.poll(hash).toBe(kind)
    if (words === '') await expect(notice).toHaveCount(0)
    else await expect(notice).toHaveText(words)
    await page.reload()
    await expect(page.getByRole('status')).toHaveText('online')
    expect(hash()).toBe(kind)
  }
  await open('#/chat/ghost/pear')
  await expectNoFaults(page)
  await notice.getByRole('button', { name: 'Close' }).click()
  await expect(notice).toHaveCount(0)
  await open('#/explorer/a..b')
  await expect(page.getByText('Nothing to read')).toBeVisible()
  await expectNoFaults(page)
  await open('#/chat/main/apple')
  await expect(input(page)).toBeEditable()
})
