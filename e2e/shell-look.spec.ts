import type { Page } from '@playwright/test'
import { expectLook } from './look.js'
import { openProxy } from './proxy.js'
import { curl, expect, input, openRoom, row, test, write } from './visitor.js'

/** A conversation with every kind of message. */
async function talk(ada: Page, grace: Page, url: string): Promise<void> {
  const lines: readonly (readonly [Page, string])[] = [
    [ada, 'The cold store in hall 3 is back at 4 degrees. I moved the two pallets of Gala to the front.'],
    [grace, 'Perfect. Then I take order 4711 from there.'],
    [grace, 'It leaves with the truck at half past ten.'],
    [
      ada,
      'Price of Braeburn is down 3 cents since this morning, see the dashboard.\nI would wait with the second lot.',
    ],
    [grace, 'قائمة الأسعار الجديدة جاهزة'],
  ]
  for (const [page, text] of lines) {
    await write(page, text)
    for (const each of [ada, grace]) await expect(row(each, text.split('\n')[0] ?? '')).toBeVisible()
  }
  await curl(url, 'good.apple', 'hall 3: 4.1 °C')
  for (const subject of ['good.pear', 'good.plum', 'good.plum']) await curl(url, subject, 'hello')
  for (const page of [ada, grace]) await expect(row(page, 'hall 3: 4.1 °C')).toBeVisible()
  await expect(row(ada, 'I would wait')).toContainText('Sent')
}

for (const phone of [false, true]) {
  const on = phone ? 'phone' : 'desktop'
  test(`the chat looks as it should in both themes, on a ${on}`, async ({ visitor, relay }) => {
    const ada = await visitor({ name: 'Ada Lovelace', theme: 'dark', phone, calm: true })
    const grace = await visitor({ name: 'Grace Hopper', theme: 'light', phone, calm: true })
    await expectMaskedCommand(ada, `chat-empty-dark-${on}`)
    await talk(ada, grace, relay.url)
    for (const page of [ada, grace]) await input(page).blur()
    await expectLook(ada, `chat-dark-${on}`)
    await expectLook(grace, `chat-light-${on}`)
    if (!phone) return
    await grace.getByRole('button', { name: 'Menu', exact: true }).click()
    await expect(grace.getByLabel('Your name')).toBeVisible()
    await expectLook(grace, 'menu-light-phone')
  })

  test(`the explorer looks as it should in both themes, on a ${on}`, async ({ visitor, relay }) => {
    for (const theme of ['dark', 'light'] as const) {
      const page = await visitor({ name: 'Ada Lovelace', view: 'explorer', theme, phone, calm: true })
      await page.getByRole('button', { name: 'good.*', exact: true }).click()
      await expect(page.getByText('live', { exact: true })).toBeVisible()
      for (const good of ['apple', 'pear', 'plum']) {
        await curl(relay.url, `good.${good}`, `{"from":"store","text":"${good.length} kg"}`)
        await expect(page.getByRole('row').filter({ hasText: good })).toBeVisible()
      }
      await page.getByRole('row').filter({ hasText: 'pear' }).getByRole('button').click()
      await page.getByRole('button', { name: 'good.*', exact: true }).focus()
      await expectLook(page, `explorer-${theme}-${on}`)
    }
  })
}

/** The command of an empty room has the relay's port. */
async function expectMaskedCommand(page: Page, name: string): Promise<void> {
  await expect(page.getByText('No messages yet')).toBeVisible()
  await expectLook(page, name)
}

test('unsent messages look as they should', async ({ visitor, relay }) => {
  const proxy = await openProxy(relay.port)
  const ada = await visitor({ name: 'Ada Lovelace', url: proxy.url, theme: 'light', calm: true })
  await write(ada, 'The truck is here.')
  await expect(row(ada, 'The truck is here.')).toContainText('Sent')
  proxy.cut()
  await expect(ada.getByRole('status')).toHaveText('offline')
  for (const text of ['Loading starts now.', 'Twelve pallets.']) await write(ada, text)
  await expect(row(ada, 'Twelve pallets.')).toContainText('Waiting for the connection')
  await openRoom(ada, 'pear')
  await openRoom(ada, 'apple')
  await expectLook(ada, 'chat-offline-light-desktop')
  await ada.context().close()
  proxy.close()
})
