import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { foreignBroker } from '../brokers/foreign/foreign-broker.js'
import { fakeClock } from '../testing/fake-clock.js'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { scriptedDriver } from '../testing/scripted-driver.js'
import { down, message, settled } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { everything } from './access/identity.js'

const broker = scriptedBroker

describe('a subscription', () => {
  it('is made once at the broker, however many sessions share it', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const ids = await Promise.all(
      ['good.*', 'good.*', 'good.*'].map(
        async (subject) => (await subscribe(relay.open(recordingOutlet(), everything), subject)).id,
      ),
    )
    expect({ ids, log: scripted.log }).toEqual({ ids: [1, 1, 1], log: ['+good.*'] })
  })

  it('has another id for each pattern, broker, group and serve', async () => {
    const { relay } = await relayOn(broker(), { brokers: { main: broker().open, other: broker().open } })
    const session = relay.open(recordingOutlet(), everything)
    const ids = new Set([
      (await subscribe(session, 'a')).id,
      (await subscribe(session, 'b')).id,
      (await subscribe(session, 'a', { broker: 'other' })).id,
      (await subscribe(session, 'a', { group: 'g' })).id,
      (await subscribe(session, 'a', { serve: true })).id,
    ])
    expect(ids.size).toBe(5)
  })

  it('is confirmed only when the broker has, and before its first message', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const order: string[] = []
    const asked = relay.open(outlet, everything).subscribe({ subject: 'a' }, () => {
      scripted.deliver('a', message('a'))
      order.push(`confirmed before ${outlet.frames.length} messages`)
    })
    expect(order).toEqual([])
    scripted.confirm()
    await asked
    scripted.deliver('a', message('a'))
    expect(order).toEqual(['confirmed before 0 messages'])
    expect(outlet.frames.map(({ kind }) => kind)).toEqual(['Message'])
  })

  it('outlives its last session by a second, so that a reload costs the broker nothing', async () => {
    const scripted = broker()
    const { relay, clock } = await relayOn(scripted)
    const first = relay.open(recordingOutlet(), everything)
    const { id } = await subscribe(first, 'a')
    first.close()
    clock.advance(999)
    const second = relay.open(recordingOutlet(), everything)
    expect((await subscribe(second, 'a')).id).toBe(id)
    clock.advance(5000)
    expect(scripted.log).toEqual(['+a'])
    second.close()
    clock.advance(1000)
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a', '-a'])
    expect((await subscribe(relay.open(recordingOutlet(), everything), 'a')).id).not.toBe(id)
  })

  it.each([[{ group: 'g' }], [{ serve: true }]])('with %j ends at once', async (more) => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const session = relay.open(recordingOutlet(), everything)
    await subscribe(session, 'a', more)
    session.close()
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a', '-a'])
  })

  it('is unsubscribed if its session left before the confirmation', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay, clock } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const session = relay.open(outlet, everything)
    const asked = session.subscribe({ subject: 'a' }, () => {})
    session.close()
    clock.advance(1000)
    scripted.confirm()
    await asked
    scripted.deliver('a', message('a'))
    expect({ frames: outlet.frames, log: scripted.log }).toEqual({ frames: [], log: ['+a', '-a'] })
  })

  it('is not made on the return of the link if its session left before', async () => {
    const driver = scriptedDriver()
    driver.fail(down('unplugged'))
    const clock = fakeClock()
    const foreign = foreignBroker(driver, { clock, newId: () => 'id' })
    const { relay } = await relayOn(broker(), { brokers: { main: foreign }, clock })
    const session = relay.open(recordingOutlet(), everything)
    const asked = session.subscribe({ subject: 'a' }, () => {})
    session.close()
    clock.advance(1000)
    await asked
    await settled()
    driver.fail()
    clock.advance(2000)
    await settled()
    expect(driver.connections.map(({ log }) => log)).toEqual([[]])
  })

  it('is not made again if its session asked for it twice and left', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay, clock } = await relayOn(scripted)
    const session = relay.open(recordingOutlet(), everything)
    const first = session.subscribe({ subject: 'a' }, () => {})
    const second = session.subscribe({ subject: 'a' }, () => {})
    session.close()
    clock.advance(1000)
    scripted.confirm()
    await first
    await expect(second).rejects.toMatchObject({ code: 'interrupted' })
    expect(scripted.log).toEqual(['+a', '-a'])
  })

  it('can be asked for again after a refusal by the broker', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay } = await relayOn(scripted)
    const session = relay.open(recordingOutlet(), everything)
    const refused = subscribe(session, 'a')
    scripted.refuse(new Error('no'))
    await expect(refused).rejects.toThrow('no')
    expect((await subscribe(session, 'a')).subject).toBe('a')
  })

  it('gets a gap when the link comes back, and none at the start', async () => {
    const scripted = broker()
    const { relay, errors } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const { id } = await subscribe(relay.open(outlet, everything), 'a')
    scripted.status('down')
    expect(relay.brokers()[0]?.status).toBe('down')
    scripted.status('up')
    scripted.status('up')
    expect(outlet.frames).toEqual([{ kind: 'Gap', id }])
    expect(errors).toEqual(['broker broker_down'])
  })

  it('asked for while the link is down is confirmed when it is back, also if others have the same', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const [present, late, gone] = [recordingOutlet(), recordingOutlet(), recordingOutlet()]
    const { id } = await subscribe(relay.open(present, everything), 'a')
    scripted.status('down')
    const confirmed: string[] = []
    const asked = relay.open(late, everything).subscribe({ subject: 'a' }, () => confirmed.push('confirmed'))
    const leaving = relay.open(gone, everything)
    const left = leaving.subscribe({ subject: 'a' }, () => confirmed.push('confirmed'))
    await Promise.resolve()
    leaving.close()
    await left
    expect(confirmed).toEqual([])
    scripted.status('up')
    await asked
    scripted.deliver('a', message('a'))
    const kinds = [present, late, gone].map(({ frames }) => frames.map(({ kind }) => kind))
    expect(confirmed).toEqual(['confirmed'])
    expect(kinds).toEqual([['Gap', 'Message'], ['Message'], []])
    expect(present.frames[0]).toEqual({ kind: 'Gap', id })
  })

  it('counts against the limit of its session', async () => {
    const { relay } = await relayOn(broker(), { limits: { subscriptions: 2 } })
    const session = relay.open(recordingOutlet(), everything)
    const { id } = await subscribe(session, 'a')
    await subscribe(session, 'b')
    await subscribe(session, 'a')
    await expect(subscribe(session, 'c')).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    session.unsubscribe(id)
    await subscribe(session, 'c')
  })
})

describe('a relay', () => {
  it('needs a broker', async () => {
    await expect(relayOn(broker(), { brokers: {} })).rejects.toThrow(RangeError)
  })

  it('closes the brokers that it opened if a later one fails to open', async () => {
    const scripted = broker()
    const failing = async (): Promise<never> => {
      throw new Error('wrong password')
    }
    await expect(relayOn(scripted, { brokers: { main: scripted.open, other: failing } })).rejects.toThrow(
      'wrong password',
    )
    expect(scripted.log).toEqual(['closed'])
  })

  it('closes its brokers', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    await relay.close()
    expect(scripted.log).toEqual(['closed'])
  })
})

describe('a broker', () => {
  it('may end a subscription: its clients get the reason, and a later client subscribes again', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const session = relay.open(outlet, everything)
    const { id } = await subscribe(session, 'secret')
    scripted.end('secret', new WildcastError('forbidden', 'the permission was withdrawn'))
    expect(outlet.frames).toEqual([
      { kind: 'Unsubscribed', id, error: { code: 'forbidden', message: 'the permission was withdrawn' } },
    ])
    expect(() => session.unsubscribe(id)).toThrow('no subscription')
    expect((await subscribe(session, 'secret')).id).not.toBe(id)
    expect(scripted.log.filter((line) => line.startsWith('+'))).toEqual(['+secret', '+secret'])
  })

  it('may end a subscription while its link is down: a client that waits for the same is refused', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    await subscribe(relay.open(recordingOutlet(), everything), 'secret')
    scripted.status('down')
    const waiting = expect(subscribe(relay.open(recordingOutlet(), everything), 'secret')).rejects.toMatchObject({
      code: 'forbidden',
    })
    await Promise.resolve()
    scripted.end('secret', new WildcastError('forbidden', 'the permission was withdrawn'))
    scripted.status('up')
    await waiting
  })

  it('learns whether a member of a group took a message', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const written: boolean[] = []
    const session = relay.open({ ...recordingOutlet(), deliver: ({ settle }) => void settle?.(true) }, everything)
    await subscribe(session, 'job', { group: 'g' })
    const settle = (taken: boolean): void => void written.push(taken)
    scripted.deliver('job', message('job'), settle)
    session.close()
    scripted.deliver('job', message('job'), settle)
    expect(written).toEqual([true, false])
  })

  it('has a status, and a reason while it is down', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.status('down', new Error('wrong password: look at "password"'))
    expect(relay.health()).toEqual([{ name: 'main', status: 'down', cause: 'wrong password: look at "password"' }])
    scripted.status('up')
    expect(relay.health()).toEqual([{ name: 'main', status: 'up' }])
  })
})

describe('an endpoint of one broker', () => {
  it('has it as the default, and no other', async () => {
    const main = broker()
    const other = broker()
    const { relay } = await relayOn(main, { brokers: { main: main.open, other: other.open } })
    const view = relay.only('other')
    const session = view.open(recordingOutlet(), everything)
    await session.publish({ subject: 'a', payload: '' })
    await expect(session.publish({ subject: 'a', payload: '', broker: 'main' })).rejects.toMatchObject({
      code: 'unknown_broker',
      message: expect.not.stringContaining('main'),
    })
    expect({ main: main.log, other: other.log }).toEqual({ main: [], other: ['!a'] })
    expect(view.brokers()).toMatchObject([{ name: 'other', default: true }])
    expect(() => relay.only('nowhere')).toThrow(expect.objectContaining({ code: 'unknown_broker' }))
  })
})
