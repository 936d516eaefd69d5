import { describe, expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { plainOutlet } from '../../testing/plain-outlet.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { settled } from '../../testing/scripted-link.js'
import { relayOn, subscribe } from '../../testing/scripted-relay.js'
import type { Authorize } from '../access/access.js'
import { Grants } from '../access/grants.js'
import { everything, type Identity } from '../access/identity.js'
import type { RelayOptions } from '../relay.js'
import type { Session } from '../session.js'
import type { WillMessageCommand } from './session-will-messages.js'

const publish = { subject: 'dev.1', payload: 'gone' }
const day = 24 * 60 * 60_000

async function start(options: Partial<RelayOptions> = {}) {
  const clock = fakeClock()
  let id = 0
  const brokers = { main: memory({ clock, newId: () => `m${++id}` }) }
  const { relay, errors } = await relayOn(undefined, { clock, brokers, ...options })
  const outlet = plainOutlet()
  await subscribe(relay.open(outlet, everything), '**')
  const open = (identity: Identity = everything): Session => relay.open(plainOutlet(), identity)
  const device = async (want: Partial<WillMessageCommand> = {}) => {
    const session = open()
    const withdraw = await session.willMessage({ publish, delayMs: 0, on: 'drop', ...want })
    return { session, withdraw }
  }
  const published = async (): Promise<unknown[]> => {
    await settled()
    return outlet.parcels.map(({ message }) => message?.payload)
  }
  const pass = async (ms: number): Promise<unknown[]> => {
    clock.advance(ms)
    return published()
  }
  return { relay, clock, errors, outlet, open, device, published, pass }
}

const identityOf = (publish: readonly string[]): Identity => ({
  claims: {},
  grants: new Grants([{ name: 'role "test"', rules: { publish } }], {}),
})

describe('a will message', () => {
  it.each<[string, (session: Session) => void]>([
    ['the connection is lost', (session) => session.moveTo('away')],
    ['the session ends', (session) => session.close()],
    ['the client leaves without withdrawing it', (session) => session.close('left')],
    ['the relay moves the client', (session) => session.close('moved')],
  ])('is published once if %s', async (_, ends) => {
    const { device, published, pass } = await start()
    const { session } = await device()
    ends(session)
    expect(await published()).toEqual(['gone'])
    session.close()
    expect(await pass(day)).toEqual(['gone'])
  })

  it('is published by its client, with all that was stated', async () => {
    const { device, outlet, published, clock } = await start()
    const facts = { qos: 1, beside: { contentType: 'text/plain' } } as const
    const { session } = await device({ publish: { ...publish, facts }, lifetimeMs: 5000 })
    clock.advance(3000)
    session.close()
    await published()
    const expiresAt = clock.wall() + 5000
    expect(outlet.parcels[0]?.message).toMatchObject({ subject: 'dev.1', from: session.party, ...facts, expiresAt })
  })

  it('becomes the value of its subject', async () => {
    const { device, open, published, pass } = await start()
    const { session } = await device({ publish: { ...publish, retain: { ttlMs: 1000 } } })
    session.close()
    expect(await published()).toEqual(['gone'])
    expect(await open().read({ subject: 'dev.1' })).toMatchObject({ payload: 'gone' })
    await pass(1000)
    expect(await open().read({ subject: 'dev.1' })).toBeUndefined()
  })

  it.each([
    ['before the connection is lost', false],
    ['in its delay', true],
  ])('is not published if it is withdrawn %s', async (_, isLost) => {
    const { device, pass } = await start()
    const { session, withdraw } = await device({ delayMs: 1000 })
    if (isLost) session.moveTo('away')
    withdraw()
    session.close()
    expect(await pass(day)).toEqual([])
  })

  it('is published after its delay, once, however often the connection is lost', async () => {
    const { device, pass } = await start()
    const { session } = await device({ delayMs: 2000 })
    session.moveTo('away')
    expect(await pass(1000)).toEqual([])
    session.moveTo('away')
    expect(await pass(999)).toEqual([])
    expect(await pass(1)).toEqual(['gone'])
    session.close()
    expect(await pass(day)).toEqual(['gone'])
  })

  it('is published after a delay that is longer than a timer can be', async () => {
    const { device, pass } = await start()
    const { session } = await device({ delayMs: 40 * day })
    session.moveTo('away')
    expect(await pass(40 * day - 1)).toEqual([])
    expect(await pass(1)).toEqual(['gone'])
  })

  it('is not published if the client is back within the delay', async () => {
    const { device, pass } = await start()
    const { session } = await device({ delayMs: 2000 })
    session.moveTo('away')
    await pass(1999)
    session.moveTo('here')
    expect(await pass(day)).toEqual([])
    session.moveTo('away')
    expect(await pass(2000)).toEqual(['gone'])
  })

  it('is published at once if the session ends within the delay', async () => {
    const { device, published } = await start()
    const { session } = await device({ delayMs: day })
    session.moveTo('away')
    session.close()
    expect(await published()).toEqual(['gone'])
  })

  it('of the end of a session waits for that, and for its delay', async () => {
    const { device, pass } = await start()
    const { session } = await device({ delayMs: 2000, on: 'end' })
    session.moveTo('away')
    expect(await pass(day)).toEqual([])
    session.close()
    expect(await pass(1999)).toEqual([])
    expect(await pass(1)).toEqual(['gone'])
  })

  it('is published at the end of the relay, whatever its delay', async () => {
    const { relay, device, outlet } = await start()
    const [one, other] = [await device({ delayMs: day }), await device({ delayMs: day, on: 'end' })]
    one.session.moveTo('away')
    other.session.close()
    await relay.close()
    expect(outlet.parcels).toHaveLength(2)
  })

  it('is refused if its client may not publish it', async () => {
    const { open } = await start()
    const setting = open(identityOf(['dev.2'])).willMessage({ publish, delayMs: 0, on: 'drop' })
    await expect(setting).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is not published if its client may no longer publish it, which is reported', async () => {
    const { open, published, errors } = await start()
    const session = open(identityOf(['dev.1']))
    await session.willMessage({ publish, delayMs: 0, on: 'drop' })
    await session.renew(identityOf(['dev.2']))
    session.close()
    expect(await published()).toEqual([])
    expect(errors).toEqual(['will forbidden'])
  })

  it('is one of 100 that a session may have', async () => {
    const { open } = await start()
    const session = open()
    const set = () => session.willMessage({ publish, delayMs: 0, on: 'end' })
    const [withdraw] = await Promise.all(Array.from({ length: 100 }, set))
    await expect(set()).rejects.toMatchObject({ code: 'rate_limited' })
    withdraw?.()
    await set()
  })

  it('is refused if the session has ended while its permission was being decided', async () => {
    let decide = (): void => {}
    const authorize: Authorize = (_, { grants }) =>
      grants === undefined ||
      new Promise((resolve) => {
        decide = () => resolve(true)
      })
    const { open } = await start({ authorize })
    const session = open(identityOf(['dev.1']))
    const setting = session.willMessage({ publish, delayMs: 0, on: 'drop' })
    const refused = expect(setting).rejects.toMatchObject({ code: 'interrupted' })
    await settled()
    session.close()
    decide()
    await refused
  })
})

it('a will message is tried again while its broker is down, until it is withdrawn', async () => {
  const broker = scriptedBroker()
  const { relay, clock } = await relayOn(broker)
  const session = relay.open(plainOutlet(), everything)
  const withdraw = await session.willMessage({ publish, delayMs: 0, on: 'drop' })
  broker.refusePublishes('broker_down')
  session.close()
  const tries = async (): Promise<number> => {
    await settled()
    return broker.log.filter((line) => line === '!dev.1').length
  }
  expect(await tries()).toBe(1)
  clock.advance(1000)
  expect(await tries()).toBe(2)
  withdraw()
  clock.advance(1000)
  expect(await tries()).toBe(2)
})
