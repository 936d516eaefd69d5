import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Client } from '../client.js'
import { presence } from '../presence/presence.js'
import type { FakeTab } from '../testing/fake-tabs.js'
import { openTabs } from '../testing/open-tabs.js'
import { values } from '../values/values.js'

/** Records the messages and gaps of a tab on a subject. */
function listen({ client }: FakeTab, subject: string): { readonly texts: string[]; readonly gaps: unknown[] } {
  const texts: string[] = []
  const gaps: unknown[] = []
  client.subscribe(subject, (message) => texts.push(message.text()), { onGap: (gap) => gaps.push(gap) })
  return { texts, gaps }
}

test('several tabs hold one connection, and each gets the messages of its subscriptions', async () => {
  const [tabs, opened] = await openTabs(['a', 'b', 'c'])
  const received = opened.map((tab) => listen(tab, tab.name === 'c' ? 'other' : 'news'))
  await tabs.drain()
  tabs.relay.publish('news', '1')
  tabs.relay.publish('other', '2')
  await tabs.drain()
  expect(received.map(({ texts }) => texts)).toEqual([['1'], ['1'], ['2']])
  expect(tabs.opened).toEqual(['a'])
  expect(tabs.relay.connections).toBe(1)
  expect(opened.flatMap(({ errors }) => errors)).toEqual([])
})

test('without a name, tabs with the same token share, and others do not', async () => {
  const [tabs] = await openTabs(['a', 'b', 'c'], ['alice', 'bob', 'alice'])
  expect(tabs.opened).toEqual(['a', 'b'])
  expect(tabs.relay.connections).toBe(2)
})

test('each tab has the status of the connection, and loses nothing in a reconnect', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const received = opened.map((tab) => listen(tab, 'news'))
  await tabs.drain()
  opened[0]?.cut()
  await tabs.drain()
  expect(opened.map(({ client }) => client.status.state)).toEqual(['waiting', 'waiting'])
  const publication = opened[1]?.client.publish('news', 'b')
  tabs.relay.publish('news', '1')
  await tabs.drain(2000)
  expect(opened.map(({ client }) => client.status.state)).toEqual(['online', 'online'])
  expect(await publication).toBe('confirmed')
  expect(received).toEqual([
    { texts: ['1', 'b'], gaps: [] },
    { texts: ['1', 'b'], gaps: [] },
  ])
})

test('a tab gets the kept messages that it asks for, and another one those that are new to it', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  tabs.relay.position = '3'
  const [plain, other] = opened.map((tab) => listen(tab, 'news'))
  const texts: string[] = []
  await tabs.drain()
  opened[1]?.client.subscribe('news', (message) => texts.push(message.text()), {
    last: 2,
    onSynced: () => texts.push('synced'),
  })
  await tabs.drain()
  const [ref = 0] = tabs.relay.asked
  tabs.relay.replayKept(1, ref, Object.entries({ 2: 'old', 4: 'new' }))
  await tabs.drain()
  expect(texts).toEqual(['old', 'new', 'synced'])
  expect([plain?.texts, other?.texts]).toEqual([['new'], ['new']])
})

test('each tab gets the answers to its publishes and requests', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const all = opened.map(({ client, name }) => client.publish('news', name))
  const answers = opened.map(({ client, name }) => client.request('echo', name))
  await tabs.drain()
  expect(await Promise.all(all)).toEqual(['confirmed', 'confirmed'])
  expect((await Promise.all(answers)).map((answer) => answer.text())).toEqual(['a', 'b'])
})

test('a publish that can not be encoded is rejected alone', async () => {
  const [tabs, [, b]] = await openTabs(['a', 'b'])
  const wrong = b?.client.publish('news', 'x', { broker: 1n as never })
  const right = b?.client.publish('news', 'y')
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_frame' })
  await tabs.drain()
  expect(await right).toBe('confirmed')
})

test('a subscription ends at the relay with the last tab that has it', async () => {
  const [tabs, [a, b]] = await openTabs(['a', 'b'])
  const undos = [a, b].map((tab) => tab?.client.subscribe('news', () => {}))
  await tabs.drain()
  undos[0]?.()
  await tabs.drain(2000)
  expect(tabs.relay.unsubscribed).toEqual([])
  undos[1]?.()
  await tabs.drain(2000)
  expect(tabs.relay.unsubscribed).toEqual([1])
})

test('the subscriptions of a crashed tab end at the relay', async () => {
  const [tabs, [, b]] = await openTabs(['a', 'b'])
  b?.client.subscribe('news', () => {})
  await tabs.drain()
  b?.kill()
  await tabs.drain(1000)
  expect(tabs.relay.unsubscribed).toEqual([1])
})

test('another tab resumes the session of a closed one, and the last tab ends it', async () => {
  const [tabs, [a, b]] = await openTabs(['a', 'b'])
  if (!a || !b) throw new Error('two were opened')
  const received = listen(b, 'news')
  await tabs.drain()
  a.client.close()
  tabs.relay.publish('news', '1')
  await tabs.drain(1000)
  expect(received).toEqual({ texts: ['1'], gaps: [] })
  expect({ opened: tabs.opened, begun: tabs.relay.begun }).toEqual({ opened: ['a', 'b'], begun: 1 })
  b.client.close()
  await tabs.drain(1000)
  expect(tabs.relay.sessions).toBe(0)
})

test('a frozen leader is replaced, follows when it thaws, and has missed nothing', async () => {
  const [tabs, [a, b]] = await openTabs(['a', 'b'])
  if (!a || !b) throw new Error('two were opened')
  const received = [listen(a, 'news'), listen(b, 'news')]
  await tabs.drain()
  a.freeze()
  const publication = b.client.publish('news', 'b')
  tabs.relay.publish('news', '1')
  await tabs.drain(12_000)
  expect(await publication).toBe('confirmed')
  expect(tabs.relay.connections).toBe(1)
  a.thaw()
  await tabs.drain(12_000)
  const late = a.client.publish('news', 'a')
  await tabs.drain(1000)
  expect(await late).toBe('confirmed')
  expect(received.map(({ texts }) => texts.toSorted())).toEqual([
    ['1', 'a', 'b'],
    ['1', 'a', 'b'],
  ])
  expect(received.flatMap(({ gaps }) => gaps)).toEqual([])
  expect({ connections: tabs.relay.connections, begun: tabs.relay.begun }).toEqual({ connections: 1, begun: 1 })
})

test('if the relay has lost the session, every tab gets a gap and continues', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const received = opened.map((tab) => listen(tab, 'news'))
  await tabs.drain()
  tabs.relay.restart()
  tabs.relay.publish('news', 'missed')
  await tabs.drain(5000)
  tabs.relay.publish('news', '1')
  await tabs.drain()
  expect(received).toEqual([
    { texts: ['1'], gaps: [{ missed: undefined }] },
    { texts: ['1'], gaps: [{ missed: undefined }] },
  ])
})

test('frames that no other tab has recorded cause a gap and no duplicates', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const [a, b] = opened
  if (!a || !b) throw new Error('two were opened')
  const received = listen(b, 'news')
  await tabs.drain()
  void a.client.publish('news', 'a')
  a.kill(1, 'b') // the relay gets the frame, the other tab doesn't get the order
  await tabs.drain(5000)
  expect(tabs.relay.begun).toBe(2)
  expect(received.gaps).toEqual([{ missed: undefined }])
  const after = b.client.publish('news', 'b')
  await tabs.drain(1000)
  expect(await after).toBe('confirmed')
  expect(tabs.relay.published.map(({ message }) => message)).toEqual(['a', 'b'])
})

test.each<[string, (client: Client) => unknown]>([
  ['serves', (client) => client.serve('sum', () => 1)],
  ['sets a value with a will', (client) => values(client).set('a', 1, { will: null })],
  ['enters a room', (client) => presence(client, 'room').enter()],
])('a tab that %s has its own connection', async (_, act) => {
  const [tabs, [, b]] = await openTabs(['a', 'b'])
  if (b) act(b.client)
  await tabs.drain(1000)
  expect(tabs.opened).toEqual(['a', 'b'])
  expect(tabs.relay.begun).toBe(2)
})

test('each tab gets the values that it has asked for', async () => {
  const [tabs, opened] = await openTabs(['a', 'b'])
  const [first, second] = opened.map(({ client }) => values(client).watch('good.*'))
  await tabs.drain()
  const refs = tabs.relay.retained
  expect(refs).toHaveLength(2)
  for (const [i, ref] of refs.entries()) tabs.relay.replay(1, ref, [['good.apple', `${i}`]])
  await tabs.drain()
  expect([first, second].map((goods) => goods?.get('good.apple')?.data)).toEqual([0, 1])
  expect([first, second].map((goods) => goods?.status)).toEqual(['synced', 'synced'])
  expect(tabs.opened).toEqual(['a'])
})

/** The ways in which the leader may end. */
const ends = {
  crashes: (tab: FakeTab, arriving: number) => tab.kill(arriving),
  'crashes while its last messages reach only one tab': (tab: FakeTab, arriving: number) =>
    tab.kill(arriving, arriving % 2 ? 'b' : 'c'),
  'is left': (tab: FakeTab) => {
    tab.leave()
    tab.kill(Number.POSITIVE_INFINITY) // all sent frames arrive
  },
  'is frozen': (tab: FakeTab) => tab.freeze(),
}

/**
 * Lets tabs and another client publish at random, with random steps in between. Ends the leader
 * after `endAt` publishes.
 */
async function play(choices: Iterator<number>, endAt: number, end: (tab: FakeTab) => void): Promise<void> {
  const choose = (): number => choices.next().value ?? 0
  const [tabs, opened] = await openTabs(['a', 'b', 'c'])
  const [leader, ...others] = opened
  const received = others.map((tab) => listen(tab, 'news'))
  if (leader) listen(leader, 'news')
  await tabs.drain()
  const outcomes = new Map<string, Promise<string>>()
  for (let at = 0; at < 60; at++) {
    if (leader && at === endAt) end(leader)
    const who = [undefined, ...others, at < endAt ? leader : undefined][choose() % 4]
    const text = `${who?.name ?? 'another client'} ${at}`
    if (who) outcomes.set(text, who.client.publish('news', text).outcome)
    else tabs.relay.publish('news', text)
    for (let steps = choose() % 5; steps > 0; steps--) await tabs.step(choose())
  }
  await tabs.drain(15_000)
  const published = tabs.relay.published.map(({ message }) => message)
  for (const { texts, gaps } of received) expect({ texts, gaps }).toEqual({ texts: published, gaps: [] })
  expect(published).toHaveLength(new Set(published).size)
  for (const { name } of others) {
    const isOwn = (text: string): boolean => text.startsWith(`${name} `)
    const own = [...outcomes.keys()].filter(isOwn)
    expect(published.filter(isOwn)).toEqual(own)
    for (const text of own) expect(await outcomes.get(text)).toBe('confirmed')
  }
  expect(tabs.relay.begun).toBe(1)
}

test.each(Object.entries(ends))('whenever the leader %s, nothing is lost or duplicated', async (_, end) => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), fc.nat(59), fc.nat(3), (choices, endAt, arriving) =>
      play(choices, endAt, (tab) => end(tab, arriving)),
    ),
    { numRuns: 100 },
  )
})

test('for any losses of tabs and connections, a surviving tab loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (choices) => {
      const choose = (): number => choices.next().value ?? 0
      const [tabs, opened] = await openTabs(['a', 'b', 'c', 'd', 'e'])
      const [survivor, ...others] = opened.toReversed()
      if (!survivor) throw new Error('five were opened')
      const received = listen(survivor, 'news')
      await tabs.drain()
      const own: { readonly text: string; readonly outcome: Promise<string> }[] = []
      const actions = [
        (tab: FakeTab) => tab.cut(),
        (tab: FakeTab) => tab.kill(choose() % 3),
        (tab: FakeTab) => tab.freeze(),
        (tab: FakeTab) => tab.thaw(),
        ends['is left'],
      ]
      for (let at = 0; at < 80; at++) {
        const tab = others[choose() % others.length]
        if (tab && choose() % 6 === 0) actions[choose() % actions.length]?.(tab)
        if (choose() % 10 === 0) survivor.cut()
        const text = `${at}`
        if (choose() % 2) tabs.relay.publish('news', text)
        else own.push({ text, outcome: survivor.client.publish('news', text).outcome })
        for (let steps = choose() % 6; steps > 0; steps--) await tabs.step(choose())
        if (choose() % 5 === 0) await tabs.clock.advance(choose() % 100)
      }
      await tabs.drain(60_000)
      const published = tabs.relay.published.map(({ message }) => message)
      expect(received).toEqual({ texts: published, gaps: [] })
      expect(published).toHaveLength(new Set(published).size)
      for (const { outcome } of own) expect(await outcome).toBe('confirmed')
      expect(published).toHaveLength(80)
      expect(tabs.relay.begun).toBe(1)
    }),
    { numRuns: 100 },
  )
})
