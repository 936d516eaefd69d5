import { createTestRelay, type TestRelay } from '@wildcast/testing'
import { createRoot } from 'solid-js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { effectScope } from 'vue'
import docs from '../../../../docs/frameworks.md?raw'
import type { Client } from '../client.js'
import { createFeed } from '../testing/frameworks/solid.js'
import solid from '../testing/frameworks/solid.js?raw'
import { feedOf } from '../testing/frameworks/svelte.js'
import svelte from '../testing/frameworks/svelte.js?raw'
import { useFeed } from '../testing/frameworks/vue.js'
import vue from '../testing/frameworks/vue.js?raw'
import type { SubscriptionFeed } from './subscription-feed.js'
import { subscriptionStore } from './subscription-store.js'

type Open = (client: Client, pattern: string) => { read(): SubscriptionFeed; end(): void }

const frameworks: Readonly<Record<string, Open>> = {
  Vue(client, pattern) {
    const scope = effectScope()
    const feed = scope.run(() => useFeed(client, pattern))
    return { read: () => feed?.value as SubscriptionFeed, end: () => scope.stop() }
  },
  Svelte(client, pattern) {
    let state: SubscriptionFeed | undefined
    const end = feedOf(client, pattern).subscribe((next) => {
      state = next
    })
    return { read: () => state as SubscriptionFeed, end }
  },
  Solid: (client, pattern) => createRoot((end) => ({ read: createFeed(client, pattern), end })),
}

async function open(): Promise<{ readonly relay: TestRelay; readonly client: Client }> {
  const relay = await createTestRelay()
  onTestFinished(() => relay.close())
  return { relay, client: relay.createClient() }
}

const eventually = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 20_000 })

test.each(Object.entries(frameworks))('the example for %s shows messages, and unsubscribes', async (_, start) => {
  const { relay, client } = await open()
  const feed = start(client, 'good.*')
  await eventually(() => expect(feed.read().status).toBe('ready'))
  await client.publish('good.apple', 1)
  await client.publish('good.pear', 2)
  await eventually(() => expect(feed.read().items.map(({ data }) => data)).toEqual([1, 2]))
  expect(feed.read()).toBe(feed.read())
  feed.end()
  await eventually(async () => {
    await relay.clock.advance(1000) // the client lingers, too
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
  })
})

test('the examples are those of the docs', () => {
  for (const source of [vue, svelte, solid]) expect(docs).toContain(`\`\`\`ts\n${source}\`\`\``)
})

test('stores of one pattern share a subscription, and each keeps its own number of messages', async () => {
  const { relay, client } = await open()
  const [one, two] = [subscriptionStore(client, 'good.*', { keep: 1 }), subscriptionStore(client, 'good.*')]
  const ends = [one.subscribe(() => {}), two.subscribe(() => {})]
  await eventually(() => expect(two.getSnapshot().status).toBe('ready'))
  for (const data of [1, 2, 3]) await client.publish('good.apple', data)
  await eventually(() => expect(two.getSnapshot().items.map(({ data }) => data)).toEqual([1, 2, 3]))
  expect(one.getSnapshot().items.map(({ data }) => data)).toEqual([3])
  expect(relay.frames('Subscribe')).toHaveLength(1)
  for (const end of ends) end()
})
