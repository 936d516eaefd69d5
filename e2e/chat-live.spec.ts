import type { Locator, Page } from '@playwright/test'
import { kinds } from '../relay/test/brokers/kinds.js'
import { type Demo, startDemo } from './demo.js'
import { openProxy } from './proxy.js'
import { gateway, npmStart, startRelay } from './relay.js'
import { conversation, openRoomOn } from './test.js'
import { curl, expect, input, openRoom, react, row, test, write } from './visitor.js'

/** A reaction below a message. */
const chip = (page: Page, text: string, emoji: string): Locator =>
  row(page, text).getByRole('list', { name: 'Reactions' }).getByRole('button', { name: emoji })

test('two people see who is here and who is typing, until one leaves the room', async ({ visitor }) => {
  const ada = await visitor({ name: 'Ada' })
  const bob = await visitor({ name: 'Bob', phone: true, theme: 'dark' })
  for (const page of [ada, bob]) await expect(page.getByRole('button', { name: '2 here' })).toBeVisible()
  /** He types on until the others see it. */
  const typing = async (shown: Locator): Promise<void> =>
    expect(async () => {
      await input(bob).pressSequentially('x')
      await expect(shown).toBeVisible({ timeout: 1000 })
    }).toPass()
  await typing(ada.getByText('Bob is typing', { exact: true }))
  await expect(bob.getByText('is typing')).toHaveCount(0)
  await ada.getByRole('button', { name: '2 here' }).click()
  const list = ada.getByRole('listitem')
  await expect(list.filter({ hasText: 'Ada' })).toContainText('you')
  await typing(list.filter({ hasText: 'Bob' }).getByText('typing', { exact: true }))
  await ada.keyboard.press('Escape')
  await input(bob).press('Enter')
  await expect(ada.getByText('Bob is typing')).toHaveCount(0)
  await openRoom(bob, 'pear')
  for (const page of [ada, bob]) await expect(page.getByRole('button', { name: '1 here' })).toBeVisible()
})

test('five people react to a message; each has a value of its own, which a reload and a cut keep', async ({
  visitor,
  relay,
}) => {
  const proxy = await openProxy(relay.port)
  const ada = await visitor({ name: 'Ada', url: proxy.url })
  await write(ada, 'Who takes the plums?')
  const others = await Promise.all(
    ['Ben', 'Cleo', 'Dan', 'Eve'].map((name, i) =>
      visitor({ name, phone: i > 1, theme: i % 2 === 0 ? 'light' : 'dark' }),
    ),
  )
  for (const page of others) await write(page, 'hi')
  await write(ada, 'Who takes the pears?')
  for (const page of others) await react(page, 'pears', 'Done')
  await react(ada, 'pears', 'Heart')
  for (const page of [ada, ...others]) {
    await expect(chip(page, 'pears', 'Done: 4')).toBeVisible()
    await expect(chip(page, 'pears', 'Heart: 1')).toBeVisible()
  }
  await expect(chip(ada, 'pears', 'Done')).toHaveAttribute('title', 'Ben, Cleo, Dan, Eve')
  const [ben, cleo] = others
  if (!ben || !cleo) throw new Error('two of them are needed')
  await chip(ben, 'pears', 'Done').click()
  await expect(chip(cleo, 'pears', 'Done: 3')).toBeVisible()

  proxy.cut()
  await expect(ada.getByRole('status')).toHaveText('offline')
  await react(ada, 'pears', 'Eyes')
  await expect(chip(ada, 'pears', 'Eyes: 1')).toHaveAttribute('aria-pressed', 'true')
  await expect(chip(ben, 'pears', 'Eyes')).toHaveCount(0)
  await ada.reload()
  proxy.mend()
  await expect(chip(ben, 'pears', 'Eyes: 1')).toHaveAttribute('aria-pressed', 'false')
  await ada.context().close()
  proxy.close()
})

test('the keyboard reaches the reactions of each message', async ({ visitor }) => {
  const ada = await visitor({ name: 'Ada' })
  for (const text of ['first', 'second']) {
    await write(ada, text)
    await expect(row(ada, text)).toContainText('Sent')
  }
  const button = (text: string): Locator => row(ada, text).getByRole('button', { name: 'React', exact: true })
  await button('second').focus()
  await ada.keyboard.press('ArrowUp')
  await expect(button('first')).toBeFocused()
  await ada.keyboard.press('Enter')
  await ada.keyboard.press('Tab')
  await ada.keyboard.press('Enter')
  await expect(chip(ada, 'first', 'Heart: 1')).toBeVisible()
  await expect(button('first')).toBeFocused()
})

test('links open pages and rooms, and nothing else', async ({ visitor, relay }) => {
  const ada = await visitor({ name: 'Ada' })
  await curl(relay.url, 'good.apple', 'see https://example.com/a_(b)?c=1, (http://example.com) or #pear.')
  await curl(
    relay.url,
    'good.apple',
    'javascript:alert(1) data:text/html,x https://good.com@bad.com https://"onclick=x #1 a#b',
  )
  const link = conversation(ada).getByRole('link')
  await expect(row(ada, '#1')).toBeVisible()
  await expect(link).toHaveText(['https://example.com/a_(b)?c=1', 'http://example.com'])
  await expect(link.first()).toHaveAttribute('href', 'https://example.com/a_(b)?c=1')
  for (const each of await link.all()) {
    await expect(each).toHaveAttribute('rel', 'noopener noreferrer')
    await expect(each).toHaveAttribute('target', '_blank')
  }
  await conversation(ada).getByRole('button', { name: '#pear' }).click()
  await expect(ada.getByRole('heading', { name: 'good.pear' })).toBeVisible()
})

test('without a bot the page shows the remedy', async ({ visitor }) => {
  const ada = await visitor({ name: 'Ada' })
  await ada.getByRole('button', { name: 'Ask the bot' }).click()
  await expect(row(ada, 'No bot runs beside this relay.')).toBeVisible()
})

test('over a broker without values the page names the missing parts, and the chat works', async ({ visitor }) => {
  const server = await kinds.mqtt.start()
  const relay = await startRelay(gateway({ broker: kinds.mqtt.query(server.port) }))
  try {
    const ada = await visitor({ name: 'Ada', url: relay.url })
    await expect(ada.getByText('has no list of people here')).toBeVisible()
    await write(ada, 'over MQTT')
    await expect(row(ada, 'over MQTT')).toContainText('Sent')
    await expect(ada.getByRole('button', { name: /here$/ })).toHaveCount(0)
  } finally {
    await relay.kill()
    await server.stop()
  }
})

test.describe('with the bot of npm start', () => {
  let demo: Demo
  test.beforeAll(async () => {
    demo = await startDemo()
  })
  test.afterAll(() => demo.stop())

  test('the bot streams its answer to who asks, and writes it for all, also over a cut and a reload', async ({
    visitor,
  }) => {
    const proxy = await openProxy(Number(new URL(demo.url).port))
    const ada = await visitor({ name: 'Ada', url: proxy.url })
    const bob = await visitor({ name: 'Bob', url: demo.url, phone: true })
    const parts = await ada.evaluateHandle(() => {
      const seen = new Set<number>()
      const note = (): void => {
        const text = document.querySelector('p[aria-busy]')?.textContent
        if (text) seen.add(text.split(' ').length)
      }
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true })
      return seen
    })
    await write(ada, '@bot what is Wildcast?')
    const answer = row(ada, 'Wildcast brings')
    await expect(answer).toContainText('loses nothing on the way.')
    expect(await parts.evaluate(({ size }) => size), 'the words came one after the other').toBeGreaterThan(5)
    await expect(row(bob, 'loses nothing on the way.')).toContainText('bot')
    await expect(answer).toHaveCount(1)

    proxy.cut()
    await expect(ada.getByRole('status')).toHaveText('offline')
    await write(ada, '/ask how much is a pear?')
    await ada.reload()
    await expect(row(ada, 'how much is a pear?')).toContainText('Waiting for the connection')
    proxy.mend()
    for (const page of [ada, bob]) await expect(row(page, /One pear is \d\.\d\d right now/)).toHaveCount(1)
    await ada.context().close()
    proxy.close()
  })

  test('each room is on the broker of its choice, and the bot answers there', async ({ visitor }) => {
    const ada = await visitor({ name: 'Ada', url: demo.url })
    await openRoomOn(ada, 'other', 'quince')
    await write(ada, '@bot which fruit is the cheapest?')
    await expect(row(ada, /The cheapest is the \w+, at \d/)).toBeVisible()
    await openRoom(ada, 'plum')
    await expect(ada.getByRole('button', { name: 'good.quince on other' })).toBeVisible()
    await ada.reload()
    await ada.getByRole('button', { name: 'good.quince on other' }).click()
    await expect(ada.getByText('on other').last()).toBeVisible()
    await expect(ada.getByText('No messages yet')).toBeVisible()
  })
})

test('own messages stay own, and unread ones unread, over a reload', async ({ visitor }) => {
  const relay = await startRelay(npmStart)
  try {
    const ada = await visitor({ name: 'Ada', url: relay.url })
    const bob = await visitor({ name: 'Ada', url: relay.url })
    await write(ada, 'by the first Ada')
    await write(bob, 'by the second Ada')
    await expect(row(ada, 'by the second')).toBeVisible()
    await openRoom(ada, 'pear')
    await ada.reload()
    await expect(ada.getByText('No messages yet')).toBeVisible()
    await openRoom(bob, 'plum')
    await write(bob, 'plum 1')
    await openRoom(bob, 'apple')
    for (const text of ['apple 1', 'apple 2']) await write(bob, text)
    await expect(ada.getByRole('button', { name: 'good.apple 2 unread' })).toBeVisible()
    const away = ada.context()
    await ada.close()
    await write(bob, 'apple 3')
    await expect(row(bob, 'apple 3')).toContainText('Sent')

    const back = await away.newPage()
    await back.goto(relay.url)
    await expect(back.getByRole('button', { name: 'good.apple 3 unread' })).toBeVisible()
    await expect(back.getByRole('button', { name: 'good.plum 1 unread' })).toBeVisible()
    await openRoom(back, 'apple')
    await expect(conversation(back).getByText('New', { exact: true })).toBeVisible()
    await expect(row(back, 'by the first')).toContainText('you')
    await expect(row(back, 'by the second')).not.toContainText('you')
    await expect(back).toHaveTitle('(1) Wildcast: chat')
    await back.reload()
    await expect(back).toHaveTitle('(1) Wildcast: chat')
    await expect(back.getByRole('button', { name: 'good.plum 1 unread' })).toBeVisible()
  } finally {
    await relay.kill()
  }
})
