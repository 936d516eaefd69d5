import { openProxy } from './proxy.js'
import { conversation, expect, say, test } from './test.js'

test('if a proxy refuses WebSockets the chat continues over HTTP, and the tab remembers it', async ({
  person,
  relay,
}) => {
  const proxy = await openProxy(relay.port, { plain: true })
  const alice = await person('Alice', proxy.url)
  const bob = await person('Bob')
  await say(alice, 'over plain HTTP')
  await expect(conversation(bob)).toContainText('over plain HTTP')
  await say(bob, 'by WebSocket')
  await expect(conversation(alice)).toContainText('by WebSocket')

  const tries = proxy.refused.length
  await alice.reload()
  await expect(alice.getByRole('status')).toHaveText('online')
  await say(alice, 'after a reload')
  await expect(conversation(bob)).toContainText('after a reload')
  expect(proxy.refused.length).toBe(tries)
  await alice.context().close()
  proxy.close()
})
