import type { Locator, Page } from '@playwright/test'
import { kinds } from '../relay/test/brokers/kinds.js'
import { type Demo, startDemo } from './demo.js'
import { conversation, expect, openRoomOn, say, test } from './test.js'

let demo: Demo

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  demo = await startDemo({ withBrokers: true })
})
test.afterAll(() => demo.stop())

const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })

test('a message that is typed in a Redis room is seen by redis-cli', async ({ person }) => {
  const page = await person('Alice', demo.url)
  await openRoomOn(page, 'redis')
  const overheard = await kinds.redis.foreignClient(demo.ports.redis).listen('good.*')
  await say(page, 'over Redis')
  const { subject, payload } = await overheard.next()
  expect(subject).toBe('good.apple')
  expect(JSON.parse(payload)).toMatchObject({ from: 'Alice', text: 'over Redis' })
  await expect(conversation(page)).toContainText('over Redis')
})

test('a reading by mosquitto_pub is in the chart, and an order by a NATS client in the table', async ({ person }) => {
  const page = await person('Alice', demo.url, 'dashboard')
  await expect(panel(page, 'Sensors')).toContainText('mqtt sensor.**')
  await expect(panel(page, 'Sensors')).toContainText('cellar')
  // A reading is shown for 2.5 s.
  await expect(async () => {
    await kinds.mqtt.foreignClient(demo.ports.mqtt).publish('sensor.attic.temperature', '21.5')
    await expect(panel(page, 'Sensors')).toContainText('attic21.5°', { timeout: 2000 })
  }).toPass()

  await page.getByLabel('Filter by subject').fill('order.melon')
  await kinds.nats.foreignClient(demo.ports.nats).publish('order.melon', '{"id":4711}')
  const row = panel(page, 'Live messages').getByRole('row', { name: 'order.melon' })
  await expect(row).toContainText('{"id":4711}')
})

for (const broker of ['redis', 'nats', 'mqtt'] as const)
  test(`${broker} is killed in mid-use: two pages show that, and heal by themselves`, async ({ person }) => {
    const alice = await person('Alice', demo.url, 'faults')
    const bob = await person('Bob', demo.url, 'dashboard')
    const outcomes = panel(alice, 'Every message has an outcome')
    const journal = alice.getByRole('list', { name: 'Journal' })
    await outcomes.getByRole('button', { name: broker }).click()
    await expect(outcomes).toContainText(/[1-9]\d*received/)
    await alice.getByRole('button', { name: `Restart ${broker}` }).click()
    await expect(journal).toContainText(`the relay has lost ${broker}`)
    await expect(panel(bob, 'Map')).toContainText(`${broker}down`)
    await expect(outcomes).toContainText(/[1-9]\d*rejected/)

    await expect(journal).toContainText(`the relay reaches ${broker} again`)
    await expect(journal).toContainText('messages: gap')
    await expect(outcomes).toContainText('Continuitylive')
    await expect(panel(bob, 'Map')).not.toContainText('down')
    for (const title of ['Sensors', 'Prices', 'Orders by packer']) await expect(panel(bob, title)).toContainText('live')
    for (const page of [alice, bob]) await expect(page.getByRole('status')).toHaveText('online')
  })

test('Redis is killed and loses all: the market is stale, then whole again, and its desk can be taken again', async ({
  person,
}) => {
  const alice = await person('Alice', demo.url, 'faults')
  const bob = await person('Bob', demo.url, 'dashboard/market')
  const market = panel(bob, 'Market')
  const desk = panel(bob, 'Auction desk')
  await expect(market).toContainText('redis quote.*')
  await expect(market).toContainText('1,000 quotes, live')
  await expect(panel(bob, 'Leader')).toContainText('This window leads.')
  await desk.getByRole('button', { name: 'Take the desk' }).click()
  await expect(desk).toContainText('You hold the desk.')

  await alice.getByRole('button', { name: 'Restart redis' }).click()
  await expect(market).toContainText('perhaps not the newest')
  await expect(desk).toContainText('The desk is free.')
  await expect(market).toContainText('1,000 quotes, live')
  await desk.getByRole('button', { name: 'Take the desk' }).click()
  await expect(desk).toContainText('You hold the desk.')
  await expect(panel(bob, 'Leader')).toContainText('This window leads.')
  for (const page of [alice, bob]) await expect(page.getByRole('status')).toHaveText('online')
})
