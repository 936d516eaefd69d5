import { kinds } from '../relay/test/brokers/kinds.js'
import { gateway, npmStart, startRelay } from './relay.js'
import { conversation, expect, openRoomOn, say, test } from './test.js'
import { react, row } from './visitor.js'

for (const [name, kind] of Object.entries(kinds))
  test(`two people chat over ${name}, each at a relay of their own, with a stranger who knows the broker only`, async ({
    person,
  }) => {
    const server = await kind.start()
    const words = gateway({ broker: kind.query(server.port) })
    const relays = [await startRelay(words), await startRelay(words)] as const
    try {
      const alice = await person('Alice', relays[0].url)
      const bob = await person('Bob', relays[1].url)
      const stranger = kind.foreignClient(server.port)
      const overheard = await stranger.listen('good.*')
      await say(alice, 'Good morning, Bob')
      await expect(conversation(bob)).toContainText('Good morning, Bob')
      expect(JSON.parse((await overheard.next()).payload)).toMatchObject({ from: 'Alice', text: 'Good morning, Bob' })
      await stranger.publish('good.apple', 'good morning to all')
      for (const page of [alice, bob]) await expect(conversation(page)).toContainText('good morning to all')

      // The broker restarts: no page is loaded again, and each shows the gap.
      await server.kill()
      await server.restart()
      for (const page of [alice, bob])
        await expect(page.getByText('Messages sent while you were away are not shown.')).toBeVisible()
      await say(bob, 'here again')
      await expect(conversation(alice)).toContainText('here again')
      // People and reactions are back, too, if the broker can have them.
      await expect(alice.getByText('has no list of people here')).toHaveCount(name === 'redis' ? 0 : 1)
      if (name !== 'redis') return
      for (const page of [alice, bob]) await expect(page.getByRole('button', { name: '2 here' })).toBeVisible()
      await react(alice, 'here again', 'Heart')
      const heart = row(bob, 'here again').getByRole('button', { name: 'Heart: 1' })
      await expect(heart).toHaveAttribute('aria-pressed', 'false')
      await heart.click()
      await expect(row(alice, 'here again').getByRole('button', { name: 'Heart: 2' })).toBeVisible()
    } finally {
      for (const relay of relays) await relay.kill()
      await server.stop()
    }
  })

test('one page speaks on several brokers, and each keeps to itself', async ({ person }) => {
  const relay = await startRelay(npmStart)
  try {
    const alice = await person('Alice', relay.url)
    const bob = await person('Bob', relay.url)
    await say(alice, 'on the default')
    await expect(conversation(bob)).toContainText('on the default')
    for (const page of [alice, bob]) await openRoomOn(page, 'other')
    await say(alice, 'on the other')
    await expect(conversation(bob)).toContainText('on the other')
    await expect(conversation(bob)).not.toContainText('on the default')
    const response = await fetch(`${relay.url}/publish/good.apple?broker=other`, { method: 'POST', body: 'by curl' })
    expect(response.status).toBe(202)
    await expect(conversation(bob)).toContainText('by curl')
    await bob.getByRole('button', { name: 'good.apple', exact: true }).click()
    await expect(bob.getByText('by curl')).toHaveCount(0)
  } finally {
    await relay.kill()
  }
})
