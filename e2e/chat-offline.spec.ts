import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { kinds } from '../relay/test/brokers/kinds.js'
import { openProxy } from './proxy.js'
import { startRelay } from './relay.js'
import { conversation } from './test.js'
import { expect, row, test, texts, write } from './visitor.js'

for (const phone of [false, true])
  test(`a message written offline is shown at once and sent later, on a ${phone ? 'phone' : 'desktop'}`, async ({
    visitor,
    relay,
  }) => {
    const proxy = await openProxy(relay.port)
    const alice = await visitor({ url: proxy.url, phone })
    const bob = await visitor({ name: 'Bob' })
    await write(alice, 'before')
    await expect(row(alice, 'before')).toContainText('Sent')

    proxy.cut()
    await expect(alice.getByRole('status')).toHaveText('offline')
    await write(alice, 'from the plane')
    const mine = row(alice, 'from the plane')
    await expect(mine).toContainText('Waiting for the connection')
    await expect(alice.getByText('One message is kept here, and sent when the connection is back.')).toBeVisible()
    const element = await mine.elementHandle()

    // The others continue meanwhile: their messages come before the one that was not sent yet.
    await write(bob, 'meanwhile')
    proxy.mend()
    await expect(mine).toContainText('Sent')
    await expect(row(bob, 'from the plane')).toBeVisible()
    expect(await texts(alice)).toEqual(['before', 'meanwhile', 'from the plane'])
    expect(await texts(bob)).toEqual(await texts(alice))
    expect(await element?.evaluate((node) => node.isConnected), 'the row is the same element').toBe(true)
    await alice.context().close()
    proxy.close()
  })

test('a reload keeps unsent messages in sight, in order, and sends them', async ({ visitor, relay }) => {
  const proxy = await openProxy(relay.port)
  const alice = await visitor({ url: proxy.url })
  const bob = await visitor({ name: 'Bob' })
  await write(bob, 'before')
  await expect(row(alice, 'before')).toBeVisible()
  proxy.cut()
  await expect(alice.getByRole('status')).toHaveText('offline')
  const unsent = ['unsent 1', 'unsent 2', 'unsent 3']
  for (const text of unsent) await write(alice, text)
  await alice.reload()
  expect(await texts(alice)).toEqual(unsent)
  await expect(conversation(alice)).toContainText('Waiting for the connection')
  await alice.reload()
  await expect(row(alice, 'unsent 3')).toContainText('Waiting for the connection')

  proxy.mend()
  for (const text of unsent) await expect(row(alice, text)).toContainText('Sent')
  expect(await texts(alice)).toEqual(unsent)
  await expect(row(bob, 'unsent 3')).toBeVisible()
  expect(await texts(bob)).toEqual(['before', ...unsent])
  await alice.context().close()
  proxy.close()
})

test('a message with an unknown outcome can be sent again, and is shown once', async ({ visitor, relay }) => {
  const alice = await visitor()
  const bob = await visitor({ name: 'Bob' })
  await write(alice, 'before')
  await expect(row(bob, 'before')).toBeVisible()
  relay.freeze()
  await write(alice, 'into a frozen relay')
  const mine = row(alice, 'into a frozen relay')
  await expect(mine).toContainText('Sending')
  await relay.kill()
  await relay.restart()
  await expect(mine).toContainText('The connection broke on the way: the message may have arrived or not.')
  // Bob has subscribed again when he receives his own message.
  await expect(bob.getByRole('status')).toHaveText('online')
  await write(bob, 'back')
  await expect(row(alice, 'back')).toBeVisible()
  await mine.getByRole('button', { name: 'Send again' }).click()
  await expect(mine).toContainText('Sent')
  await expect(row(bob, 'into a frozen relay')).toHaveCount(1)
  expect((await texts(alice)).filter((text) => text === 'into a frozen relay')).toHaveLength(1)
})

test('a refused message names the reason, can be tried again and removed', async ({ visitor }, info) => {
  const server = await kinds.mqtt.start()
  const config = info.outputPath('wildcast.toml')
  writeFileSync(config, smallPackets(server.port))
  const relay = await startRelay(['up', '--config', config])
  try {
    const alice = await visitor({ url: relay.url })
    await write(alice, 'a short one')
    await expect(row(alice, 'a short one')).toContainText('Sent')
    const long = 'a long one '.repeat(40)
    await write(alice, long)
    const mine = row(alice, long)
    await expect(mine).toContainText(/Not sent: .*400/)
    await alice.reload()
    await expect(mine).toContainText('Not sent: ')
    await mine.getByRole('button', { name: 'Try again' }).click()
    await expect(mine).toContainText('Not sent: ')
    await mine.getByRole('button', { name: 'Remove' }).click()
    await expect(mine).toHaveCount(0)
    await write(alice, 'short again')
    await expect(row(alice, 'short again')).toContainText('Sent')
  } finally {
    await relay.kill()
    await server.stop()
  }
})

/** A configuration with an MQTT server that takes packets of 400 bytes. */
function smallPackets(port: number): string {
  const folder = path.resolve(import.meta.dirname, '../demo/dist')
  return `websockets = "json"
static = "${folder}"
[brokers.main]
type = "mqtt"
address = "mqtt://127.0.0.1:${port}"
max_packet_size = 400
`
}

test('five people keep their conversation while the relay restarts in its middle', async ({ visitor, relay }) => {
  const names = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve']
  const pages = await Promise.all(
    names.map((name, i) => visitor({ name, phone: i > 2, theme: i % 2 === 0 ? 'light' : 'dark' })),
  )
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} is here`)
  for (const page of pages) for (const name of names) await expect(row(page, `${name} is here`)).toBeVisible()
  expect(new Set(await Promise.all(pages.map(async (page) => (await texts(page)).join()))).size).toBe(1)

  await relay.kill()
  for (const page of pages) await expect(page.getByRole('status')).toHaveText('offline')
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} wrote offline`)
  await relay.restart()
  for (const [i, page] of pages.entries()) await expect(row(page, `${names[i]} wrote offline`)).toContainText('Sent')
  for (const [i, page] of pages.entries()) await write(page, `${names[i]} is back`)
  for (const page of pages) for (const name of names) await expect(row(page, `${name} is back`)).toBeVisible()
})
