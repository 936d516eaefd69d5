import { type Message, type Pattern, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { recordingEncoder, recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import type { Action } from './permissions.js'
import { createRelay, type Relay, type RelayOptions } from './relay.js'
import type { Session, Subscription } from './session.js'

const broker = scriptedBroker

async function relayOn(
  scripted = broker(),
  options: Partial<RelayOptions> = {},
): Promise<{ relay: Relay; clock: ReturnType<typeof fakeClock>; errors: string[] }> {
  const clock = fakeClock()
  const errors: string[] = []
  let id = 0
  const relay = await createRelay({
    brokers: { main: scripted.open },
    clock,
    newId: () => `id${++id}`,
    onError: ({ code }, { stage }) => errors.push(`${stage} ${code}`),
    ...options,
  })
  return { relay, clock, errors }
}

const subscribe = async (session: Session, subject: string, more: object = {}): Promise<Subscription> => {
  let got: Subscription | undefined
  await session.subscribe({ subject, ...more }, (subscription) => {
    got = subscription
  })
  return got as Subscription
}

const message = (subject: string, payload = 'x'): Message => ({ subject: parseSubject(subject), payload })

describe('a subscription', () => {
  it('is asked for once, however many sessions share it', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const ids = await Promise.all(
      ['good.*', 'good.*', 'good.*'].map(
        async (subject) => (await subscribe(relay.open(recordingOutlet()), subject)).id,
      ),
    )
    expect([ids, scripted.log]).toEqual([[1, 1, 1], ['+good.*']])
  })

  it('has an id of its own for each pattern, broker, group and serve', async () => {
    const { relay } = await relayOn(broker(), { brokers: { main: broker().open, other: broker().open } })
    const session = relay.open(recordingOutlet())
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
    const asked = relay.open(outlet).subscribe({ subject: 'a' }, () => {
      scripted.deliver('a', message('a'))
      order.push(`confirmed before ${outlet.frames.length} messages`)
    })
    expect(order).toEqual([])
    scripted.confirm()
    await asked
    scripted.deliver('a', message('a'))
    expect([order, outlet.frames.map(({ kind }) => kind)]).toEqual([['confirmed before 0 messages'], ['Message']])
  })

  it('outlives its last session by a second, so that a reload costs the broker nothing', async () => {
    const scripted = broker()
    const { relay, clock } = await relayOn(scripted)
    const first = relay.open(recordingOutlet())
    const { id } = await subscribe(first, 'a')
    first.close()
    clock.advance(999)
    const second = relay.open(recordingOutlet())
    expect((await subscribe(second, 'a')).id).toBe(id)
    clock.advance(5000)
    expect(scripted.log).toEqual(['+a'])
    second.close()
    clock.advance(1000)
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a', '-a'])
    expect((await subscribe(relay.open(recordingOutlet()), 'a')).id).not.toBe(id)
  })

  it.each([[{ group: 'g' }], [{ serve: true }]])('with %j ends at once', async (more) => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const session = relay.open(recordingOutlet())
    await subscribe(session, 'a', more)
    session.close()
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a', '-a'])
  })

  it('that its session left before the confirmation is given back', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay, clock } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const session = relay.open(outlet)
    const asked = session.subscribe({ subject: 'a' }, () => {})
    session.close()
    clock.advance(1000)
    scripted.confirm()
    await asked
    scripted.deliver('a', message('a'))
    expect([outlet.frames, scripted.log]).toEqual([[], ['+a', '-a']])
  })

  it('that was asked for twice before its session left is not asked for again', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay, clock } = await relayOn(scripted)
    const session = relay.open(recordingOutlet())
    const first = session.subscribe({ subject: 'a' }, () => {})
    const second = session.subscribe({ subject: 'a' }, () => {})
    session.close()
    clock.advance(1000)
    scripted.confirm()
    await first
    await expect(second).rejects.toMatchObject({ code: 'interrupted' })
    expect(scripted.log).toEqual(['+a', '-a'])
  })

  it('that the broker refuses can be asked for again', async () => {
    const scripted = broker()
    scripted.hold()
    const { relay } = await relayOn(scripted)
    const session = relay.open(recordingOutlet())
    const refused = subscribe(session, 'a')
    scripted.refuse(new Error('no'))
    await expect(refused).rejects.toThrow('no')
    expect((await subscribe(session, 'a')).subject).toBe('a')
  })

  it('hears of a gap when the link comes back, and of nothing at the start', async () => {
    const scripted = broker()
    const { relay, errors } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const { id } = await subscribe(relay.open(outlet), 'a')
    scripted.status('down')
    expect(relay.brokers()[0]?.status).toBe('down')
    scripted.status('up')
    scripted.status('up')
    expect([outlet.frames, errors]).toEqual([[{ kind: 'Gap', id }], ['broker broker_down']])
  })

  it('counts against the limit of its session', async () => {
    const { relay } = await relayOn(broker(), { limits: { subscriptions: 2 } })
    const session = relay.open(recordingOutlet())
    const { id } = await subscribe(session, 'a')
    await subscribe(session, 'b')
    await subscribe(session, 'a')
    await expect(subscribe(session, 'c')).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    session.unsubscribe(id)
    await subscribe(session, 'c')
  })
})

describe('a message', () => {
  it('is encoded once for each encoder, and shared as the same bytes', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const encoders = [recordingEncoder(), recordingEncoder()]
    const outlets = Array.from({ length: 100 }, (_, i) => recordingOutlet(encoders[i % 2]))
    await Promise.all(outlets.map((outlet) => subscribe(relay.open(outlet), 'a')))
    scripted.deliver('a', message('a'))
    expect(encoders.map(({ encoded }) => encoded.length)).toEqual([1, 1])
    expect(new Set(outlets.flatMap(({ bytes }) => bytes)).size).toBe(2)
    expect(outlets.every(({ bytes }) => bytes.length === 1)).toBe(true)
  })

  it('goes to one member of a group, in turns', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlets = [recordingOutlet(), recordingOutlet()] as const
    for (const outlet of outlets) await subscribe(relay.open(outlet), 'job', { group: 'g' })
    for (const payload of ['1', '2', '3']) scripted.deliver('job', message('job', payload))
    expect(outlets.map(({ frames }) => frames.map((frame) => 'message' in frame && frame.message))).toEqual([
      ['1', '3'],
      ['2'],
    ])
  })

  it('published after a Subscribe of the same session waits until that is confirmed', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.hold()
    const session = relay.open(recordingOutlet())
    const asked = subscribe(session, 'a')
    const published = session.publish({ subject: 'a', message: '' })
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a'])
    scripted.confirm()
    await Promise.all([asked, published])
    expect(scripted.log).toEqual(['+a', '!a'])
  })

  it('does not wait for a broker that is down', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.hold()
    const session = relay.open(recordingOutlet())
    const asked = subscribe(session, 'a')
    scripted.status('down')
    await session.publish({ subject: 'a', message: '' })
    expect(scripted.log).toEqual(['+a', '!a'])
    scripted.confirm()
    await asked
  })
})

describe('an answer', () => {
  it('may go to a closed subject that was handed to this session, and to no other', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const server = relay.open(recordingOutlet())
    const stranger = relay.open(recordingOutlet())
    await subscribe(server, 'ask', { serve: true })
    scripted.deliver('ask', { ...message('ask'), responseSubject: '_reply.7' as Subject })
    await expect(stranger.publish({ subject: '_reply.7', message: '' })).rejects.toMatchObject({ code: 'forbidden' })
    await server.publish({ subject: '_reply.7', message: '' })
    expect(scripted.log).toContain('!_reply.7')
  })

  it('may go to the last 1,000 only', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const server = relay.open(recordingOutlet())
    await subscribe(server, 'ask', { serve: true })
    for (let i = 0; i <= 1000; i++)
      scripted.deliver('ask', { ...message('ask'), responseSubject: `_reply.${i}` as Subject })
    await server.publish({ subject: '_reply.1', message: '' })
    await expect(server.publish({ subject: '_reply.0', message: '' })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('permissions', () => {
  const acts: Record<Action['kind'], (session: Session) => Promise<unknown>> = {
    publish: (session) => session.publish({ subject: 'a', message: '' }),
    subscribe: (session) => subscribe(session, 'a'),
    serve: (session) => subscribe(session, 'a', { serve: true }),
    request: (session) => session.request({ subject: 'a', message: '' }, {}),
  }

  it.each(Object.entries(acts))('decide on %s', async (kind, act) => {
    const asked: Action[] = []
    const scripted = broker()
    const { relay } = await relayOn(scripted, { permissions: (action) => asked.push(action) < 0 })
    await expect(act(relay.open(recordingOutlet()))).rejects.toMatchObject({ code: 'forbidden' })
    expect([asked, scripted.log]).toEqual([[{ kind, subject: 'a' as Pattern, broker: 'main' }], []])
  })

  it.each([
    [
      'throw',
      (): boolean => {
        throw new Error('broken')
      },
    ],
    ['give a promise', (): boolean => Promise.resolve(true) as unknown as boolean],
    ['give a truthy value', (): boolean => 1 as unknown as boolean],
  ])('that %s deny', async (_, permissions) => {
    const { relay } = await relayOn(broker(), { permissions })
    await expect(acts.publish(relay.open(recordingOutlet()))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('what a broker cannot do', () => {
  const reason = 'it never learned to'
  it.each([
    ['queue', (session: Session) => subscribe(session, 'a', { group: 'g' })],
    ['serve', (session: Session) => subscribe(session, 'a', { serve: true })],
    ['headers', (session: Session) => session.publish({ subject: 'a', message: '', headers: new Map() })],
    ['wildcard', (session: Session) => session.publish({ subject: 'a.*', message: '', wildcard: true })],
    ['response_subject', (session: Session) => session.publish({ subject: 'a', message: '', response_subject: 'b' })],
  ] as const)('is unsupported, with its reason: %s', async (feature, act) => {
    const scripted = broker({ [feature]: reason })
    const { relay } = await relayOn(scripted)
    await expect(act(relay.open(recordingOutlet()))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(reason),
    })
    expect(scripted.log).toEqual([])
  })
})

describe('a relay', () => {
  it('needs a broker', async () => {
    await expect(relayOn(broker(), { brokers: {} })).rejects.toThrow(RangeError)
  })

  it('closes what it opened where a later broker fails to open', async () => {
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

describe('what a broker does by itself', () => {
  it('ends a subscription: its clients are told why, and who comes later asks anew', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const session = relay.open(outlet)
    const { id } = await subscribe(session, 'secret')
    scripted.end('secret', new WildcastError('forbidden', 'the right was withdrawn'))
    expect(outlet.frames).toEqual([
      { kind: 'Unsubscribed', id, error: { code: 'forbidden', message: 'the right was withdrawn' } },
    ])
    expect(() => session.unsubscribe(id)).toThrow('no subscription')
    expect((await subscribe(session, 'secret')).id).not.toBe(id)
    expect(scripted.log.filter((line) => line.startsWith('+'))).toEqual(['+secret', '+secret'])
  })

  it('hears whether a member of a group was there for a message', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const written: boolean[] = []
    const session = relay.open({ ...recordingOutlet(), deliver: (_, settle) => settle?.(true) })
    await subscribe(session, 'job', { group: 'g' })
    const settle = (taken: boolean): void => void written.push(taken)
    scripted.deliver('job', message('job'), settle)
    session.close()
    scripted.deliver('job', message('job'), settle)
    expect(written).toEqual([true, false])
  })

  it('is told of: which brokers are reached, and why not', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.status('down', new Error('wrong password: look at "password"'))
    expect(relay.health()).toEqual([{ name: 'main', status: 'down', cause: 'wrong password: look at "password"' }])
    scripted.status('up')
    expect(relay.health()).toEqual([{ name: 'main', status: 'up' }])
  })
})

describe('a door that leads to one broker', () => {
  it('has it as its default, and knows no other', async () => {
    const main = broker()
    const other = broker()
    const { relay } = await relayOn(main, { brokers: { main: main.open, other: other.open } })
    const view = relay.only('other')
    const session = view.open(recordingOutlet())
    await session.publish({ subject: 'a', message: '' })
    await expect(session.publish({ subject: 'a', message: '', broker: 'main' })).rejects.toMatchObject({
      code: 'unknown_broker',
      message: expect.not.stringContaining('main'),
    })
    expect([main.log, other.log]).toEqual([[], ['!a']])
    expect([view.brokers(), view.welcome(1).brokers].map((all) => all.map((one) => [one.name, one.default]))).toEqual([
      [['other', true]],
      [['other', true]],
    ])
    expect(() => relay.only('nowhere')).toThrow(expect.objectContaining({ code: 'unknown_broker' }))
  })
})
