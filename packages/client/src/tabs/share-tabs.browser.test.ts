import { expect, test } from 'vitest'
import { type Client, createClient } from '../client.js'
import { SessionRelay } from '../testing/session-relay.js'
import { platformClock } from '../time/clock.js'
import type { OpenTransport } from '../transports/transport.js'
import { shareOn } from './share-tabs.js'
import type { TabChannel } from './tab-platform.js'

/** A page in an iframe, whose removal ends its locks and channels as a crash does. */
interface Page {
  readonly client: Client
  readonly texts: string[]
  readonly gaps: unknown[]
  crash(): void
}

/** Opens a page with the locks and channels of the browser. */
async function openPage(relay: SessionRelay, name: string): Promise<Page> {
  const frame = document.body.appendChild(document.createElement('iframe'))
  const { navigator, BroadcastChannel } = frame.contentWindow as Window & typeof globalThis
  const platform = { locks: navigator.locks, openChannel: (group: string) => new BroadcastChannel(group) as TabChannel }
  let isDead = false
  const later = (run: () => void): void => queueMicrotask(() => isDead || run())
  const links = new Set<{ close(code: number): void }>()
  const transport: OpenTransport = (events) => {
    const link = relay.accept({
      send: (one) => later(() => events.frame(one)),
      close: (code) => later(() => events.close({ code, reason: '' })),
    })
    links.add(link)
    later(events.open)
    return { send: (one) => later(() => link.receive(one)), close: (code) => link.close(code ?? 1005) }
  }
  const part: NonNullable<Parameters<typeof createClient>[0]['use']>[number] = (ports) => {
    shareOn(platform, name, ports)
    return ports.publish
  }
  const client = createClient({ url: 'ws://relay.test', transport, use: [part] })
  const texts: string[] = []
  const gaps: unknown[] = []
  const options = { onGap: (gap: unknown) => gaps.push(gap) }
  let isReady = false
  const onStatus = (status: string): void => {
    isReady = status === 'ready'
  }
  client.subscribe('news', (message) => texts.push(message.text()), { ...options, onStatus })
  await expect.poll(() => isReady).toBe(true)
  const crash = (): void => {
    isDead = true
    frame.remove()
    for (const link of links) link.close(1001)
  }
  return { client, texts, gaps, crash }
}

test("with the browser's locks and channels, another page resumes the session of a crashed one", async () => {
  const relay = new SessionRelay(platformClock)
  const name = crypto.randomUUID()
  const [first, ...others] = [await openPage(relay, name), await openPage(relay, name), await openPage(relay, name)]
  expect(relay.connections).toBe(1)
  const all = Array.from({ length: 100 }, (_, i) => `${i}`)
  const outcomes: Promise<string>[] = []
  for (const [i, text] of all.entries()) {
    if (i === 50) first.crash()
    if (i % 2) relay.publish('news', text)
    else outcomes.push((others[0] as Page).client.publish('news', text).outcome)
    if (i % 10 === 0) await new Promise(requestAnimationFrame)
  }
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['confirmed']))
  const published = relay.published.map(({ message }) => message)
  expect(published.toSorted()).toEqual(all.toSorted())
  for (const { texts, gaps } of others) {
    await expect.poll(() => texts).toEqual(published)
    expect(gaps).toEqual([])
  }
  expect({ begun: relay.begun, connections: relay.connections }).toEqual({ begun: 1, connections: 1 })
  for (const { client } of others) client.close()
})

test('clients with different names have separate connections', async () => {
  const relay = new SessionRelay(platformClock)
  const pages = [await openPage(relay, crypto.randomUUID()), await openPage(relay, crypto.randomUUID())]
  expect(relay.connections).toBe(2)
  for (const { client } of pages) client.close()
})
