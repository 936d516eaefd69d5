import type { Locator, Page } from '@playwright/test'
import { openProxy } from './proxy.js'
import { npmStart, startRelay } from './relay.js'
import { conversation, openRoomOn, relayWhenNeeded } from './test.js'
import { expect, row, texts, test as visits, write } from './visitor.js'

/** The relay of `npm start`: its default broker keeps the chat in a file. */
const test = visits.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
  needRelay: ({}, use) => relayWhenNeeded(() => startRelay(npmStart), use),
})

const hourMs = 3_600_000

/** Publishes lines as another person's page does. */
async function say(url: string, lines: readonly string[], at = Date.now()): Promise<void> {
  for (const text of lines) {
    const body = JSON.stringify({ from: 'Bob', text, id: `id of ${text}`, at })
    expect((await fetch(`${url}/publish/good.apple`, { method: 'POST', body })).status).toBe(202)
  }
}

const lines = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${name} ${i}`)

const older = (page: Page): Locator => page.getByRole('button', { name: 'Older messages' })

/** Scrolls up until there is nothing older. */
async function scrollBack(page: Page): Promise<void> {
  await conversation(page).hover()
  await expect(async () => {
    await page.mouse.wheel(0, -3000)
    await expect(older(page)).toHaveCount(0, { timeout: 200 })
  }).toPass()
}

test('a chat that is opened after an hour shows what it missed, and scrolls back to the first message', async ({
  visitor,
  relay,
}) => {
  const alice = await visitor()
  await write(alice, 'the first message')
  await expect(row(alice, 'the first message')).toContainText('Sent')
  const away = alice.context()
  await alice.close()
  const missed = lines('missed', 170)
  await say(relay.url, missed)

  const back = await away.newPage()
  await back.clock.install({ time: Date.now() + hourMs })
  await back.goto(`${relay.url}/#/chat`)
  await expect(row(back, 'missed 169')).toBeInViewport()
  expect(await texts(back)).toEqual(missed.slice(-50))
  await write(back, 'I am back')
  await expect(row(back, 'I am back')).toContainText('Sent')
  await scrollBack(back)
  expect(await texts(back)).toEqual(['the first message', ...missed, 'I am back'])
})

test('a chat that was offline for an hour shows what it missed once, before what it wrote meanwhile', async ({
  visitor,
  relay,
}) => {
  const proxy = await openProxy(relay.port)
  const alice = await visitor({ url: proxy.url })
  await alice.clock.install()
  await alice.reload()
  await write(alice, 'the first message')
  await expect(row(alice, 'the first message')).toContainText('Sent')
  proxy.cut()
  await expect(alice.getByRole('status')).toHaveText('offline')
  const unsent = ['unsent 1', 'unsent 2']
  for (const text of unsent) await write(alice, text)
  const missed = lines('missed', 120)
  await say(relay.url, missed)
  // The relay's next process doesn't know the page.
  await relay.kill()
  await relay.restart()
  await alice.clock.fastForward(hourMs)

  proxy.mend()
  for (const text of unsent) await expect(row(alice, text)).toContainText('Sent')
  expect(await texts(alice)).toEqual(['the first message', ...missed, ...unsent])
  await expect(alice.getByText('are not shown')).toHaveCount(0)
  await alice.reload()
  await expect(row(alice, 'unsent 2')).toBeInViewport()
  await scrollBack(alice)
  expect(await texts(alice)).toEqual(['the first message', ...missed, ...unsent])
  await alice.context().close()
  proxy.close()
})

test('a relay that is restarted on its file keeps the chat, also for a page that comes later', async ({
  visitor,
  relay,
}) => {
  const alice = await visitor()
  await write(alice, 'before the restart')
  await expect(row(alice, 'before the restart')).toContainText('Sent')
  await relay.kill()
  await relay.restart()
  const bob = await visitor({ name: 'Bob', phone: true })
  await expect(row(bob, 'before the restart')).toContainText('Alice')
  await write(bob, 'after it')
  for (const page of [alice, bob]) {
    await expect(row(page, 'after it')).toBeVisible()
    expect(await texts(page)).toEqual(['before the restart', 'after it'])
    await expect(page.getByText('are not shown')).toHaveCount(0)
  }
})

test('older messages leave the reader at the same place', async ({ visitor, relay }) => {
  await say(relay.url, lines('line', 130))
  const alice = await visitor({ calm: true })
  await expect(row(alice, 'line 129')).toBeInViewport()
  // At once, since the page before comes soon after.
  const place = (scrollTop?: number): Promise<number | undefined> =>
    conversation(alice).evaluate((list, scrollTop) => {
      if (scrollTop !== undefined) list.scrollTop = scrollTop
      return [...list.querySelectorAll('li')]
        .find(({ textContent }) => textContent.includes('line 82'))
        ?.getBoundingClientRect().top
    }, scrollTop)
  const before = await place(60)
  await expect(row(alice, 'line 31')).toBeAttached()
  await expect(alice.getByRole('button', { name: 'To the newest' })).toBeVisible()
  expect(await place()).toBeCloseTo(before ?? 0, 0)
  await say(relay.url, ['a new one'])
  await expect(alice.getByRole('button', { name: '1 new message' })).toBeVisible()
  expect(await place()).toBeCloseTo(before ?? 0, 0)
})

test('the keyboard reads older messages with a button, which gives its focus to the list', async ({
  visitor,
  relay,
}) => {
  await say(relay.url, lines('line', 130))
  const alice = await visitor()
  await older(alice).focus()
  await expect(async () => {
    await alice.keyboard.press('Enter')
    await expect(older(alice)).toHaveCount(0, { timeout: 200 })
  }).toPass()
  await expect(conversation(alice)).toBeFocused()
  expect(await texts(alice)).toEqual(lines('line', 130))
})

test('a broker that keeps no messages shows those that come while the page is open', async ({ visitor }) => {
  const alice = await visitor()
  await openRoomOn(alice, 'other')
  await expect(alice.getByText('No messages yet')).toBeVisible()
  await write(alice, 'not kept')
  await expect(row(alice, 'not kept')).toContainText('Sent')
  await alice.reload()
  await expect(alice.getByText('No messages yet')).toBeVisible()
  await expect(older(alice)).toHaveCount(0)
})
