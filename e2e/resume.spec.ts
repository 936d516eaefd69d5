import { openProxy } from './proxy.js'
import { conversation, expect, say, test } from './test.js'

/** The texts of a conversation, in order. */
const texts = (page: Parameters<typeof conversation>[0]): Promise<string[]> =>
  conversation(page).locator('p.break-words').allTextContents()

test('airplane mode in mid-chat: nothing is missed, and nothing comes twice', async ({ person, relay }) => {
  const proxy = await openProxy(relay.port)
  const alice = await person('Alice')
  const bob = await person('Bob', proxy.url)
  await say(alice, 'before')
  await expect(conversation(bob)).toContainText('before')

  proxy.cut()
  await expect(bob.getByRole('status')).toContainText('offline')
  for (const text of ['away 1', 'away 2', 'away 3']) await say(alice, text)
  await expect(conversation(alice)).toContainText('away 3')
  await say(bob, 'from the plane')
  proxy.mend()

  await expect(bob.getByRole('status')).toHaveText('online')
  await expect(conversation(alice)).toContainText('from the plane')
  await say(alice, 'after')
  await expect(conversation(bob)).toContainText('after')
  const said = ['before', 'away 1', 'away 2', 'away 3', 'from the plane', 'after']
  expect(await texts(alice)).toEqual(said)
  expect((await texts(bob)).sort()).toEqual([...said].sort())
  await expect(bob.getByText('Messages sent while you were away are not shown.')).toBeHidden()
  await bob.context().close()
  proxy.close()
})

test('a tab that was frozen shows what it has missed when it is active again', async ({ person }) => {
  const alice = await person('Alice')
  const bob = await person('Bob')
  await say(alice, 'before')
  await expect(conversation(bob)).toContainText('before')
  const devtools = await bob.context().newCDPSession(bob)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  for (const text of ['frozen 1', 'frozen 2']) await say(alice, text)
  await expect(conversation(alice)).toContainText('frozen 2')
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await expect(conversation(bob)).toContainText('frozen 2')
  expect(await texts(bob)).toEqual(['before', 'frozen 1', 'frozen 2'])
})
