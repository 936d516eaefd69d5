import type { Locator, Page } from '@playwright/test'
import { npmStart, startRelay } from './relay.js'
import { curl, expect, test } from './visitor.js'

const line = (page: Page, text: string): Locator => page.getByRole('row').filter({ hasText: text })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click()

/** Subscribes to a pattern. */
async function read(page: Page, pattern: string): Promise<void> {
  await page.getByLabel('Pattern').fill(pattern)
  await page.getByLabel('Pattern').press('Enter')
}

test('a pattern lists its messages, with params, headers and payload', async ({ visitor, relay }) => {
  const alice = await visitor({ view: 'explorer' })
  const bob = await visitor({ name: 'Bob', view: 'explorer' })
  await read(alice, 'shop.*.price.**')
  await bob.getByLabel('Subject').fill('shop.7.price.eu.net')
  await bob.getByLabel('Payload').fill('{"price": 3}')
  await button(bob, 'Header').click()
  await bob.getByRole('textbox', { name: 'Header' }).fill('trace')
  await bob.getByRole('textbox', { name: 'Value' }).fill('a1')
  await button(bob, 'Publish').click()
  await expect(bob.getByText(/The broker has it, after/)).toBeVisible()

  await line(alice, 'shop.7.price.eu.net').getByRole('button').click()
  const detail = alice.getByRole('row').filter({ hasText: 'Pattern' })
  await expect(detail).toContainText('["7","eu.net"]')
  await expect(detail).toContainText('trace: a1')
  await expect(detail).toContainText('"price": 3')

  // An open message keeps the list as it is.
  await curl(relay.url, 'shop.8.price', new Uint8Array([255, 1, 2]))
  await expect(alice.getByText('1 newer')).toBeVisible()
  await expect(line(alice, 'shop.8.price')).toHaveCount(0)
  await button(alice, 'Resume').click()
  await expect(line(alice, 'shop.8.price')).toContainText('binary, ff 01 02')
  await curl(relay.url, 'other.subject', 'x')
  await expect(line(alice, 'other.subject')).toHaveCount(0)
})

test('a subject that does not parse is refused in the words of the SDK, and harms nothing', async ({
  visitor,
  relay,
}) => {
  const alice = await visitor({ view: 'explorer' })
  for (const pattern of ['a..b', 'a b', 'a*', '/a/b', 'x'.repeat(2000), '<b>.>.c', '**.a.**.b.**']) {
    await read(alice, pattern)
    await expect(alice.getByLabel('Pattern')).toHaveAttribute('aria-invalid', 'true')
    await expect(alice.getByText('refused', { exact: true })).toBeVisible()
  }
  await read(alice, 'a..b')
  await expect(alice.getByText(/"a\.\.b" is not a valid subject: it has an empty segment/)).toBeVisible()
  await alice.getByLabel('Subject').fill('good.*')
  await button(alice, 'Publish').click()
  await expect(alice.getByLabel('Subject')).toHaveAttribute('aria-invalid', 'true')
  await alice.getByLabel('Subject').fill('good.apple')
  await button(alice, 'Header').click()
  await alice.getByRole('textbox', { name: 'Header' }).fill('no spaces allowed')
  await button(alice, 'Publish').click()
  await expect(alice.getByText('TypeError')).toBeVisible()
  await alice.getByRole('button', { name: 'Remove the header' }).click()
  await button(alice, 'Publish').click()
  await expect(alice.getByText(/The broker has it/)).toBeVisible()

  await read(alice, 'good.*')
  await curl(relay.url, 'good.apple', '<img src=x onerror=alert(1)>')
  await expect(line(alice, 'good.apple')).toContainText('<img src=x onerror=alert(1)>')
})

test('a phone shows the messages first', async ({ visitor, relay }) => {
  const alice = await visitor({ view: 'explorer', phone: true })
  await expect(alice.getByRole('tab', { name: 'Messages' })).toHaveAttribute('aria-selected', 'true')
  await expect(alice.getByText('live', { exact: true })).toBeVisible()
  await curl(relay.url, 'price.apple', '{"price": 3}')
  await expect(line(alice, 'price.apple')).toContainText('3')
})

test('a request without a responder names the remedy; then another window serves it, in parts', async ({ visitor }) => {
  const alice = await visitor({ view: 'explorer' })
  const bob = await visitor({ name: 'Bob', view: 'explorer', phone: true })
  await tab(alice, 'Request')
  await alice.getByLabel('Subject').fill('count.up')
  await button(alice, 'Request').click()
  await expect(alice.getByText('no_responders')).toBeVisible()
  await expect(alice.getByText('Serve the subject in the next tab, here or in a second window.')).toBeVisible()

  await tab(bob, 'Serve')
  await bob.getByLabel('Subject').fill('count.up')
  await bob.getByLabel('Behaviour').selectOption('Counts to five, in parts')
  await button(bob, 'Serve').click()
  await expect(bob.getByLabel('Served subjects')).toContainText('0 requests')
  await button(alice, 'Request').click()
  await expect(alice.getByText(/Answered after .*, in 5 parts/)).toBeVisible()
  await expect(alice.getByRole('tabpanel').locator('pre')).toHaveText(['1', '2', '3', '4', '5'])
  await expect(bob.getByLabel('Served subjects')).toContainText('1 request')

  // It is served once, and the page continues to serve it while another view is open.
  await button(bob, 'Serve').click()
  await expect(bob.getByText('already_served')).toBeVisible()
  await bob.goto(bob.url().replace('explorer', 'chat'))
  await button(alice, 'Request').click()
  await expect(alice.getByText(/Answered after/)).toBeVisible()
  await bob.goto(bob.url().replace('chat', 'explorer'))
  await button(bob, 'Stop').click()
  await expect(bob.getByText('This page serves no subject yet.')).toBeVisible()
})

test('a service can refuse, and a request can be cancelled', async ({ visitor }) => {
  const alice = await visitor({ view: 'explorer' })
  await tab(alice, 'Serve')
  await alice.getByLabel('Behaviour').selectOption('Refuses with an error')
  await button(alice, 'Serve').click()
  await expect(alice.getByLabel('Served subjects')).toContainText('0 requests')
  await tab(alice, 'Request')
  await button(alice, 'Request').click()
  await expect(alice.getByText('this service refuses every request')).toBeVisible()
  await alice.getByLabel('Seconds to wait').fill('-1')
  await button(alice, 'Request').click()
  await expect(alice.getByText('RangeError')).toBeVisible()
})

test('the explorer continues by itself after the relay was restarted', async ({ visitor, relay }) => {
  const alice = await visitor({ view: 'explorer' })
  await tab(alice, 'Serve')
  await button(alice, 'Serve').click()
  await expect(alice.getByLabel('Served subjects')).toContainText('0 requests')
  await read(alice, 'good.*')
  await curl(relay.url, 'good.apple', 'before')
  await expect(line(alice, 'before')).toBeVisible()
  await relay.kill()
  await expect(alice.locator('#content').getByText('connecting', { exact: true })).toBeVisible()
  await tab(alice, 'Publish')
  await button(alice, 'Publish').click()
  await expect(alice.getByText('Under way. Without a connection it waits for one.')).toBeVisible()
  await relay.restart()
  await expect(alice.getByText(/The broker has it/)).toBeVisible()
  await curl(relay.url, 'good.apple', 'after')
  await expect(line(alice, 'after')).toBeVisible()
  await expect(line(alice, 'before')).toBeVisible()
  await tab(alice, 'Request')
  await button(alice, 'Request').click()
  await expect(alice.getByText(/Answered after/)).toBeVisible()
})

test('each broker has its own messages', async ({ visitor }) => {
  const relay = await startRelay(npmStart)
  try {
    const alice = await visitor({ url: relay.url, view: 'explorer', phone: true })
    const bob = await visitor({ name: 'Bob', url: relay.url, view: 'explorer' })
    await alice.getByLabel('Broker').selectOption('other')
    await tab(alice, 'Messages')
    for (const page of [alice, bob]) await read(page, 'good.*')
    await bob.getByLabel('Payload').fill('on main')
    await button(bob, 'Publish').click()
    await expect(line(bob, 'on main')).toBeVisible()
    await bob.getByRole('main').getByLabel('Broker').selectOption('other')
    await bob.getByLabel('Payload').fill('on other')
    await button(bob, 'Publish').click()
    await expect(line(alice, 'on other')).toBeVisible()
    await expect(line(alice, 'on main')).toHaveCount(0)
  } finally {
    await relay.kill()
  }
})
