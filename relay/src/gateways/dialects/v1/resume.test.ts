import { describe, expect, it } from 'vitest'
import { lineRelay, otherLines, payloadsOf, subscribe } from '../../../testing/line-relay.js'
import { settled } from '../../../testing/scripted-link.js'

describe('a client that comes back', () => {
  it('gets what it has not received, then later messages, and continues', async () => {
    const { connected, deliver } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    await deliver('1', '2')
    first.dialect.close(1006)
    await deliver('3')
    const again = connected({ session: first.welcome.session, received: 2 })
    await deliver('4')
    expect(again.welcome).toMatchObject({ resumed: true, received: 1, session: first.welcome.session })
    expect(payloadsOf(again.received())).toEqual(['2', '3', '4'])
  })

  it('keeps its subscriptions, without a call to the broker', async () => {
    const { broker, clock, connected } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    first.dialect.close(1006)
    clock.advance(59_000)
    connected({ session: first.welcome.session, received: 1 })
    clock.advance(120_000)
    await settled()
    expect(broker.log).toEqual(['+a'])
  })

  it('gets the answers to its earlier frames', async () => {
    const { connected } = await lineRelay()
    const first = connected()
    first.send({ Publish: { ref: 7, subject: 'a', message: 'x' } })
    first.dialect.close(1006)
    await settled()
    const again = connected({ session: first.welcome.session, received: 0 })
    await settled()
    expect(again.received()).toEqual([{ Ack: { ref: 7 } }])
  })

  it('sends frames again that the relay has not received, and each is handled once', async () => {
    const { broker, connected } = await lineRelay()
    const first = connected()
    const publish = (message: string) => ({ Publish: { subject: 'a', message } })
    first.send(publish('1'))
    first.send(publish('2'))
    first.dialect.close(1006)
    const again = connected({ session: first.welcome.session, received: 0 })
    expect(again.welcome).toMatchObject({ received: 2 })
    again.dialect.receiveAs(2, JSON.stringify(publish('2')))
    again.dialect.receiveAs(3, JSON.stringify(publish('3')))
    await settled()
    expect(broker.log).toEqual(['!a', '!a', '!a'])
  })

  it('sends an unreadable frame again, which is answered once', async () => {
    const { connected } = await lineRelay()
    const one = connected()
    one.dialect.receiveAs(1, 'nonsense')
    one.dialect.receiveAs(1, 'nonsense')
    await settled()
    expect(one.received()).toMatchObject([{ Error: { code: 'invalid_frame' } }])
  })

  it('gets the answer to its Ping after the frames that were kept for it', async () => {
    const { connected, deliver } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    first.dialect.close(1006)
    await deliver('1', '2')
    const again = connected({ session: first.welcome.session, received: 1 })
    again.send('Ping')
    await settled()
    const received = again.received()
    expect(payloadsOf(received.slice(0, -1))).toEqual(['1', '2'])
    expect(received.at(-1)).toBe('Pong')
  })

  it('replaces a connection that is still open, which is closed and no longer read (R5)', async () => {
    const { broker, connected, deliver } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    const again = connected({ session: first.welcome.session, received: 1 })
    expect(first.connection.ends.map(({ code }) => code)).toEqual(['replaced'])
    first.dialect.close(1006)
    await deliver('1')
    expect({ late: payloadsOf(first.received()), payloads: payloadsOf(again.received()) }).toEqual({
      late: [],
      payloads: ['1'],
    })
    expect(broker.log).toEqual(['+a'])
  })

  it.each([
    ['an unknown key', { session: 'id1_nothing' }],
    ['more frames than it was sent', { received: 9 }],
    ['fewer than it has confirmed', { received: 0 }],
    ['a negative count', { received: -1 }],
    ['half a frame', { received: 1.5 }],
    ['more than a safe integer', { received: 2 ** 53 }],
  ])('begins again with %s (R2)', async (_, frame) => {
    const { broker, clock, connected, deliver } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    await deliver('1')
    first.send({ Received: 2 })
    first.dialect.close(1006)
    const again = connected({ session: first.welcome.session, received: 2, ...frame })
    expect(again.welcome).toMatchObject({ resumed: false, received: 0 })
    expect(again.welcome.session).not.toBe(first.welcome.session)
    clock.advance(61_000)
    await settled()
    expect(broker.log).toEqual(['+a', '-a'])
  })

  it('is refused with an invalid `Connect`, and its connection is closed', async () => {
    const { line } = await lineRelay()
    const one = line()
    one.send({ Connect: { received: 'many' } })
    one.send(subscribe)
    expect(one.received()).toMatchObject([{ Error: { code: 'invalid_frame' } }])
    expect(one.connection.ends.map(({ code }) => code)).toEqual(['invalid_frame'])
  })

  it('publishes once if it repeats a publish under its key after a lost answer (R6)', async () => {
    const { broker, connected } = await lineRelay({ limits: { resumeMs: 1000 } })
    const publish = { Publish: { ref: 7, subject: 'a', message: 'x', key: 'k' } }
    const first = connected()
    first.send(publish)
    first.dialect.close(1006)
    const again = connected()
    again.send(publish)
    await settled()
    expect({ log: broker.log, received: again.received() }).toEqual({ log: ['!a'], received: [{ Ack: { ref: 7 } }] })
  })

  it('gets nothing of a subscription after its end is confirmed, not even kept messages (R8)', async () => {
    const { connected, deliver } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    const id = first.received()[0]?.Subscribed?.id
    await deliver('1')
    first.dialect.close(1006)
    await deliver('2')
    const again = connected({ session: first.welcome.session, received: 1 })
    again.send({ Unsubscribe: { ref: 2, id } })
    await deliver('3')
    const received = again.received()
    expect(payloadsOf(received)).toEqual(['1', '2'])
    expect(received.at(-1)).toMatchObject({ Unsubscribed: { ref: 2 } })
  })

  it('begins again in another encoding, since the kept bytes are of the first', async () => {
    const { connected } = await lineRelay()
    const first = connected()
    first.dialect.close(1006)
    const again = connected({ session: first.welcome.session, received: 0 }, otherLines)
    expect(again.welcome).toMatchObject({ resumed: false })
  })

  it('begins again after 60 s, when the session is over (R3)', async () => {
    const { broker, clock, connected } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    first.dialect.close(1006)
    clock.advance(60_000)
    expect(connected({ session: first.welcome.session }).welcome).toMatchObject({ resumed: false })
    clock.advance(1000)
    await settled()
    expect(broker.log).toEqual(['+a', '-a'])
  })

  it.each([1000, 1001])('has ended its session if it closed with %d', async (code) => {
    const { broker, clock, connected } = await lineRelay()
    const first = connected()
    first.send(subscribe)
    await settled()
    first.dialect.close(code)
    clock.advance(1000)
    await settled()
    expect(broker.log).toEqual(['+a', '-a'])
    expect(connected({ session: first.welcome.session, received: 1 }).welcome).toMatchObject({ resumed: false })
  })

  it('keeps its session when a page is left if other pages share it', async () => {
    const { broker, clock, connected } = await lineRelay()
    const first = connected({ shared: true })
    first.send(subscribe)
    await settled()
    first.dialect.close(1001)
    clock.advance(1000)
    await settled()
    expect(broker.log).toEqual(['+a'])
    const second = connected({ session: first.welcome.session, received: 1, shared: true })
    expect(second.welcome).toMatchObject({ resumed: true, received: 1 })
    second.dialect.close(1000)
    clock.advance(1000)
    await settled()
    expect(broker.log).toEqual(['+a', '-a'])
  })

  it('has no session without `Connect`', async () => {
    const { broker, clock, line } = await lineRelay()
    const { timers } = clock
    const one = line()
    one.send(subscribe)
    await settled()
    one.dialect.close(1006)
    clock.advance(1000)
    await settled()
    expect({ log: broker.log, timers: clock.timers }).toEqual({ log: ['+a', '-a'], timers })
  })

  it('has no kept frames on a relay with `resume: 0`, as `Welcome` reports', async () => {
    const { broker, clock, connected } = await lineRelay({ limits: { resume: 0 } })
    const first = connected()
    expect(first.welcome).toMatchObject({ limits: { resume_bytes: 0 } })
    first.send(subscribe)
    await settled()
    first.dialect.close(1006)
    clock.advance(1000)
    await settled()
    expect(broker.log).toEqual(['+a', '-a'])
  })
})

describe('the relay confirms frames', () => {
  it('after 1 s, once for all', async () => {
    const { clock, connected } = await lineRelay()
    const one = connected()
    for (let i = 0; i < 3; i++) one.send({ Publish: { subject: 'a', message: 'x' } })
    clock.advance(1000)
    one.send('Pong')
    one.send({ Received: 0 })
    clock.advance(5000)
    expect(one.received()).toEqual([{ Received: 3 }])
  })

  it('at once after a quarter of the bytes that may be kept', async () => {
    const { connected } = await lineRelay({ limits: { resume: 4000 } })
    const one = connected()
    one.send({ Publish: { subject: 'a', message: 'x'.repeat(900) } })
    expect(one.received()).toEqual([])
    one.send({ Publish: { subject: 'a', message: 'x'.repeat(900) } })
    expect(one.received()).toEqual([{ Received: 2 }])
  })

  it('counts unreadable frames', async () => {
    const { clock, connected } = await lineRelay()
    const one = connected()
    one.dialect.receive('{')
    clock.advance(1000)
    await settled()
    expect(one.received()).toMatchObject([{ Error: { code: 'invalid_frame' } }, { Received: 1 }])
  })

  it.each([5, -1, 'x', 1.5, 2 ** 53])('refuses a confirmation of %j, and continues', async (count) => {
    const { connected } = await lineRelay()
    const one = connected()
    one.send({ Received: count })
    one.send({ Publish: { ref: 1, subject: 'a', message: 'x' } })
    await settled()
    expect(one.received()).toMatchObject([{ Error: { code: 'invalid_frame' } }, { Ack: { ref: 1 } }])
  })
})
