import { describe, expect, it } from 'vitest'
import { memory } from '../brokers/memory.js'
import { fakeClock } from '../testing/fake-clock.js'
import { type PlainOutlet, plainOutlet } from '../testing/plain-outlet.js'
import { settled } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { everything } from './access/identity.js'
import type { Relay } from './relay.js'
import type { Session } from './session.js'

async function openRelay(): Promise<Relay> {
  const clock = fakeClock()
  let id = 0
  const { relay } = await relayOn(undefined, { clock, brokers: { main: memory({ clock, newId: () => `m${++id}` }) } })
  return relay
}

function join(relay: Relay): { session: Session; outlet: PlainOutlet } {
  const outlet = plainOutlet()
  return { session: relay.open(outlet, everything), outlet }
}

const payloads = ({ parcels }: PlainOutlet): unknown[] => parcels.map(({ message }) => message?.payload)

describe('an outlet without an encoder', () => {
  it('receives values as messages that are marked, then changes without a mark', async () => {
    const relay = await openRelay()
    const { session, outlet } = join(relay)
    await session.retain({ subject: 'lamp.1', payload: 'on', retain: {} })
    await subscribe(session, 'lamp.*', { retained: 1 })
    await settled()
    await session.retain({ subject: 'lamp.1', payload: 'off', retain: {} })
    expect(outlet.parcels.map(({ message, replay, bytes }) => [message?.payload, replay, bytes])).toEqual([
      ['on', true, undefined],
      ['off', undefined, undefined],
    ])
  })

  it('receives the values again if it subscribes again', async () => {
    const relay = await openRelay()
    const { session, outlet } = join(relay)
    await session.retain({ subject: 'lamp.1', payload: 'on', retain: {} })
    for (const retained of [1, 2, undefined, 3]) {
      await subscribe(session, 'lamp.*', { retained })
      await settled()
    }
    expect(payloads(outlet)).toEqual(['on', 'on', 'on'])
  })

  it('receives one and the same object for all its subscriptions that a message matches', async () => {
    const relay = await openRelay()
    const { session, outlet } = join(relay)
    for (const subject of ['a.b', 'a.*', '**']) await subscribe(session, subject)
    await session.publish({ subject: 'a.b', payload: 'x' })
    const [first, ...others] = outlet.parcels
    expect(others.map(({ message }) => message === first?.message)).toEqual([true, true])
    expect(new Set(outlet.parcels.map(({ feed }) => feed?.id)).size).toBe(3)
  })

  it('receives one and the same object also for a value that it publishes', async () => {
    const relay = await openRelay()
    const { session, outlet } = join(relay)
    for (const subject of ['a.b', 'a.*']) await subscribe(session, subject)
    await session.retain({ subject: 'a.b', payload: 'x', retain: {} })
    expect(outlet.parcels).toHaveLength(2)
    expect(outlet.parcels[0]?.message).toBe(outlet.parcels[1]?.message)
  })
})

describe('a message of a group, at an outlet that settles it when its client has acknowledged it', () => {
  const group = { group: 'workers' }

  async function twoMembers() {
    const relay = await openRelay()
    const [first, second] = [join(relay), join(relay)] as const
    for (const { session } of [first, second]) await subscribe(session, 'job.*', group)
    const publisher = join(relay).session
    const offer = async (...jobs: string[]): Promise<void> => {
      for (const payload of jobs) await publisher.publish({ subject: 'job.x', payload })
    }
    return { first, second, offer }
  }

  it('stays with its member until then, and goes to no other one after that', async () => {
    const { first, second, offer } = await twoMembers()
    await offer('1', '2')
    expect([payloads(first.outlet), payloads(second.outlet)]).toEqual([['1'], ['2']])
    const [parcel] = first.outlet.parcels
    expect(parcel?.settle?.(true)).toBe(true)
    first.session.close()
    expect(parcel?.settle?.(false)).toBe(true)
    expect(payloads(second.outlet)).toEqual(['2'])
  })

  it('goes to another member if it never will be, in order', async () => {
    const { first, second, offer } = await twoMembers()
    await offer('1', '2', '3')
    expect(payloads(first.outlet)).toEqual(['1', '3'])
    first.session.close()
    expect(first.outlet.parcels.map(({ settle }) => settle?.(false))).toEqual([true, true])
    expect(payloads(second.outlet)).toEqual(['2', '1', '3'])
  })

  it('goes to the member that is not behind', async () => {
    const { first, second, offer } = await twoMembers()
    first.outlet.behind = true
    await offer('1', '2')
    expect([payloads(first.outlet), payloads(second.outlet)]).toEqual([[], ['1', '2']])
    second.outlet.behind = true
    await offer('3')
    expect(payloads(first.outlet)).toEqual(['3'])
  })

  it('is lost if no other member is there, which the outlet learns', async () => {
    const { first, second, offer } = await twoMembers()
    await offer('1')
    second.session.close()
    first.session.close()
    expect(first.outlet.parcels[0]?.settle?.(false)).toBe(false)
  })
})
