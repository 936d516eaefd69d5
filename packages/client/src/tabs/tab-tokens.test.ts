import { expect, test } from 'vitest'
import type { TokenFunction } from '../connection/token-source.js'
import { FakeTabs } from '../testing/fake-tabs.js'
import { openTabs, untilOnline } from '../testing/open-tabs.js'

/** Opens two tabs of one user, each with its own function for tokens. Also returns its calls. */
async function open(tokenMs: number) {
  const calls: string[] = []
  const tokenOf = (name: string): TokenFunction => {
    return async ({ reason }) => `${name}${calls.push(`${name} ${reason}`)}`
  }
  const empty = new FakeTabs()
  empty.relay.tokenMs = tokenMs
  const [tabs, opened] = await openTabs(['a', 'b'], [tokenOf('a'), tokenOf('b')], empty)
  return { tabs, opened, calls }
}

test('tabs with one connection renew its token once, and all ask again for permissions', async () => {
  const { tabs, opened, calls } = await open(60_000)
  expect({ calls, sent: tabs.relay.tokens }).toEqual({ calls: ['a connect', 'b connect'], sent: ['a1'] })
  const asked: string[] = []
  for (const { name, client } of opened) client.onAccess(() => asked.push(name))
  await tabs.drain(46_000)
  expect({ calls: calls.slice(2), sent: tabs.relay.tokens }).toEqual({ calls: ['a expiring'], sent: ['a1', 'a3'] })
  expect(asked.sort()).toEqual(['a', 'b'])
})

test('the tab that takes over the connection gets a token of its own, and renews it', async () => {
  const { tabs, opened, calls } = await open(60_000)
  await tabs.drain(20_000)
  opened[0]?.kill()
  await tabs.drain(50_000)
  expect(calls.slice(2)).toEqual(['b connect', 'b expiring'])
  expect(tabs.relay.tokens).toEqual(['a1', 'b3', 'b4'])
  expect(opened[1]?.client.status.state).toBe('online')
})

test('a refused token is replaced, and no tab is closed', async () => {
  const { tabs, opened } = await open(3_600_000)
  tabs.relay.refuse(4440)
  await tabs.drain()
  await untilOnline(tabs, opened, 100)
  expect(tabs.relay.connections).toBe(1)
  expect(opened.flatMap(({ errors }) => errors)).toEqual([])
})

test('a final refusal closes all tabs with the reason', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'], [() => 'same', () => 'same'])
  tabs.relay.refusal = 4501
  tabs.relay.refuse(4501)
  const states = async (): Promise<string[]> => {
    await tabs.drain(100)
    return opened.map(({ client }) => client.status.state)
  }
  await expect.poll(states, { interval: 1 }).toEqual(['closed', 'closed'])
  expect(opened.map(({ client: { status } }) => 'reason' in status && status.reason?.code)).toEqual([
    'unauthorized',
    'unauthorized',
  ])
})
