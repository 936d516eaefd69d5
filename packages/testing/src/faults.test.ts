import { createClient } from '@wildcast/client'
import { values } from '@wildcast/client/values'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen, open } from './testing/open.js'

describe('cut', () => {
  it('loses the connection; the session is resumed, and nothing is lost', async () => {
    const relay = await open()
    const client = relay.createClient()
    const log = await listen(relay, client)
    const states: string[] = []
    client.onStatus(({ state }) => states.push(state))
    await relay.publish('good.apple', 1)
    relay.cut()
    await relay.publish('good.apple', 2)
    expect({ state: client.status.state, log }).toEqual({ state: 'waiting', log: [1] })
    await relay.clock.advance(5000)
    await relay.publish('good.apple', 3)
    expect({ log, states }).toEqual({ log: [1, 2, 3], states: ['waiting', 'connecting', 'online'] })
  })

  it('for longer than a session is kept loses it: there is a gap', async () => {
    const relay = await open()
    const client = relay.createClient()
    const log = await listen(relay, client)
    relay.cut({ forMs: 61_000 })
    await relay.publish('good.apple', 1)
    await relay.clock.advance(60_000)
    expect(client.status.state).not.toBe('online')
    await relay.clock.advance(30_000)
    await relay.publish('good.apple', 2)
    expect(log).toEqual(['gap', 2])
  })

  it('for longer than a session is kept loses no message that the broker keeps', async () => {
    const relay = await open({ history: [{ subjects: 'good.*', messages: 10 }] })
    const log = await listen(relay, relay.createClient())
    await relay.publish('good.apple', 0)
    relay.cut({ forMs: 61_000 })
    await relay.publish('good.apple', 1)
    await relay.clock.advance(90_000)
    expect(log).toEqual([0, 1])
  })

  it('of one client leaves the others alone', async () => {
    const relay = await open()
    const [ada, bob] = [relay.createClient(), relay.createClient()]
    await relay.settled()
    relay.cut({ client: ada })
    await relay.settled()
    expect([ada.status.state, bob.status.state]).toEqual(['waiting', 'online'])
    const other = createClient({ url: '/ws', transport: relay.transport, clock: relay.clock })
    onTestFinished(() => other.close())
    expect(() => relay.cut({ client: other })).toThrow(TypeError)
  })

  it('keeps a publish that the relay has not received, which arrives once', async () => {
    const relay = await open()
    const client = relay.createClient()
    await relay.settled()
    const published = client.publish('a', 1)
    relay.cut()
    await relay.clock.advance(5000)
    expect(await published).toBe('confirmed')
    expect(relay.published('a')).toHaveLength(1)
  })
})

describe('delay', () => {
  it('holds messages in both directions, in order', async () => {
    const relay = await open()
    const client = relay.createClient()
    const log = await listen(relay, client)
    relay.delay(100)
    let outcome: string | undefined
    void client.publish('good.apple', 1).then((is) => (outcome = is))
    void client.publish('good.apple', 2)
    await relay.clock.advance(199)
    expect({ log, outcome, published: relay.published().length }).toEqual({ log: [], outcome: undefined, published: 2 })
    relay.delay(0)
    await relay.clock.advance(1)
    expect({ log, outcome }).toEqual({ log: [1, 2], outcome: 'confirmed' })
  })

  it('is also that of a client that is created later, and may be that of one client', async () => {
    const relay = await open()
    const near = relay.createClient()
    relay.delay(1000)
    relay.delay(0, near)
    const far = relay.createClient()
    await relay.settled()
    expect([near.status.state, far.status.state]).toEqual(['online', 'connecting'])
    await relay.clock.advance(2000)
    expect(far.status.state).toBe('online')
    expect(() => relay.delay(-1)).toThrow(RangeError)
  })
})

describe('slow', () => {
  it('lets messages wait for a reader, which gets all of them when it reads again', async () => {
    const relay = await open()
    const [reader, writer] = [relay.createClient(), relay.createClient()]
    const log = await listen(relay, reader)
    const release = relay.slow(reader)
    for (let n = 0; n < 100; n++) await writer.publish('good.apple', n)
    expect(log).toEqual([])
    release()
    await relay.settled()
    expect(log).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('loses what is more than the relay holds for a reader, with a gap; the newest of "latest" it does not', async () => {
    const relay = await open({ limits: { backlog: 20_000, resume: 0 } })
    const reader = relay.createClient()
    const [all, latest] = [await listen(relay, reader), await listen(relay, reader, 'good.*', { deliver: 'latest' })]
    const release = relay.slow()
    const text = 'x'.repeat(1000)
    for (let n = 0; n < 100; n++) await relay.publish('good.apple', `${n} ${text}`)
    release()
    await relay.settled()
    expect(all).toContain('gap')
    expect(all.length).toBeLessThan(100)
    expect(latest.at(-1)).toBe(`99 ${text}`)
  })
})

describe('a broker that is not perfect', () => {
  it('delivers messages twice', async () => {
    const relay = await open()
    const log = await listen(relay, relay.createClient())
    const undo = relay.duplicate('good.apple')
    await relay.publish('good.apple', 1)
    await relay.publish('good.pear', 2)
    undo()
    await relay.publish('good.apple', 3)
    expect(log).toEqual([1, 1, 2, 3])
  })

  it('delivers messages in another order', async () => {
    const relay = await open()
    const log = await listen(relay, relay.createClient())
    const undo = relay.reorder('good.*')
    for (const n of [1, 2, 3]) await relay.publish('good.apple', n)
    expect(log).toEqual([2, 1])
    undo()
    await relay.publish('good.apple', 4)
    expect(log).toEqual([2, 1, 3, 4])
  })

  it('does neither with messages that it keeps, nor with values', async () => {
    const relay = await open({ history: [{ subjects: 'room.*', messages: 5 }] })
    const log = await listen(relay, relay.createClient(), '**')
    relay.duplicate('**')
    relay.reorder('**')
    await relay.publish('room.1', 1)
    await relay.publish('lamp', 'on', { retain: true })
    expect(log).toEqual([1, 'on'])
  })

  it('is down: publishes fail, subscriptions come back with a gap', async () => {
    const relay = await open()
    const client = relay.createClient()
    const log = await listen(relay, client)
    relay.brokerDown()
    relay.brokerDown()
    await expect(client.publish('good.apple', 1)).rejects.toMatchObject({ code: 'broker_down' })
    await expect(values(client).get('good.apple')).rejects.toMatchObject({ code: 'broker_down' })
    await expect(client.request('sum', 1)).rejects.toMatchObject({ code: 'broker_down' })
    await relay.publish('good.apple', 2)
    const late = client.subscribe('bad.*')
    let isReady = false
    void late.ready.then(() => (isReady = true))
    await relay.settled()
    expect(isReady).toBe(false)
    relay.brokerUp()
    await late.ready
    await relay.publish('good.apple', 3)
    expect(log).toEqual(['gap', 3])
  })
})

describe('refuse', () => {
  it('refuses an action on some subjects until it is undone', async () => {
    const relay = await open()
    const client = relay.createClient()
    const undo = relay.refuse('publish', 'room.1.*')
    await expect(client.publish('room.1.msg', 1)).rejects.toMatchObject({ code: 'forbidden' })
    await client.publish('room.2.msg', 1)
    expect(await listen(relay, client, 'room.1.msg')).toEqual([])
    undo()
    expect(await client.publish('room.1.msg', 1)).toBe('confirmed')
    expect(await client.can('publish', 'room.1.msg')).toBe(true)
  })
})

describe('restart', () => {
  it('loses all sessions, and none of what brokers keep', async () => {
    const relay = await open({ history: [{ subjects: 'room.*', messages: 5 }] })
    const [ada, bob] = [relay.createClient(), relay.createClient()]
    const [plain, kept] = [await listen(relay, ada), await listen(relay, ada, 'room.*')]
    await values(bob).set('lamp', 'on')
    await bob.publish('room.1', 1)
    await relay.restart()
    await relay.publish('room.1', 2)
    await relay.publish('good.apple', 1)
    await relay.clock.advance(30_000)
    await relay.publish('good.apple', 2)
    expect({ plain, kept }).toEqual({ plain: ['gap', 2], kept: [1, 2] })
    expect((await values(ada).get('lamp'))?.data).toBe('on')
    expect(relay.published('**')).toHaveLength(2)
  })
})
