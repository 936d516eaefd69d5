import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { type ScriptedWire, scriptedWire, silentOwner } from '../testing/scripted-wire.js'
import { everything } from './access/identity.js'
import type { Outbox } from './outbox.js'
import type { StreamEncoder } from './outlet.js'
import type { Relay } from './relay.js'
import type { Session } from './session.js'
import type { ClientSubscription } from './subscription.js'

/** Encodes a line for each frame. */
const lines: StreamEncoder = {
  message: ({ payload }) => new TextEncoder().encode(`${payload}\n`),
  gap: (_, missed) => new TextEncoder().encode(`gap ${missed}\n`),
  overrun: 'gap',
  join: (frames) => Buffer.concat(frames),
}

interface Joined {
  readonly session: Session
  readonly subscription: ClientSubscription
  readonly outbox: Outbox
  readonly wire: ScriptedWire
  /** The messages that were written. */
  readonly received: () => readonly string[]
  leave(): void
}

async function join(relay: Relay): Promise<Joined> {
  const wire = scriptedWire()
  const outbox = relay.outbox(lines, { wire, owner: silentOwner })
  const session = relay.open(outbox, everything)
  const subscription = await subscribe(session, 'job.*', { group: 'workers' })
  const received = (): readonly string[] => wire.text.split('\n').filter(Boolean)
  const leave = (): void => {
    session.close()
    outbox.close()
  }
  return { session, subscription, outbox, wire, received, leave }
}

/** Stops the reader: what it gets from now on waits in the relay. */
async function stall({ wire, outbox }: Joined): Promise<void> {
  wire.stop()
  outbox.deliver({ bytes: new TextEncoder().encode('full\n') })
  await endOfTurn()
}

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function start(limits = {}) {
  const broker = scriptedBroker()
  const { relay } = await relayOn(broker, { limits })
  const taken: boolean[] = []
  const offer = (payload: string, settles = false): void =>
    broker.deliver(
      'job.*',
      { subject: parseSubject('job.x'), payload },
      settles ? (one) => void taken.push(one) : undefined,
    )
  return { relay, broker, offer, taken }
}

const jobs = ['1', '2', '3', '4', '5', '6']

describe('a message that was not written to its member of a group', () => {
  it.each([
    ['the connection is gone', ({ leave }: Joined) => leave()],
    ['the member unsubscribes', ({ session, subscription }: Joined) => session.unsubscribe(subscription.id)],
    ['the outbox is closed first', ({ outbox }: Joined) => outbox.close()],
  ])('goes to another member, in order, if %s', async (_, leaves) => {
    const { relay, offer } = await start()
    const first = await join(relay)
    await stall(first)
    for (const job of jobs) offer(job)
    expect(first.received()).toEqual(['full'])
    const second = await join(relay)
    leaves(first)
    await endOfTurn()
    expect(second.received()).toEqual(jobs)
    expect(first.received()).toEqual(['full'])
  })

  it('goes to another member within the turn of its delivery', async () => {
    const { relay, offer } = await start()
    const first = await join(relay)
    for (const job of jobs) offer(job)
    const second = await join(relay)
    first.leave()
    await endOfTurn()
    expect([...first.received(), ...second.received()]).toEqual(jobs)
  })

  it('goes to another member in order, also if it was written and has not left the process', async () => {
    const { relay, offer } = await start()
    const first = await join(relay)
    const { wire } = first
    const late: (() => void)[] = []
    const { write } = wire
    wire.write = (bytes, done) => write(bytes, done && (() => void late.push(() => done(false))))
    wire.stop()
    for (const job of jobs.slice(0, 3)) offer(job)
    await endOfTurn()
    for (const job of jobs.slice(3)) offer(job)
    const second = await join(relay)
    first.leave()
    for (const fail of late) fail()
    await endOfTurn()
    expect(second.received()).toEqual(jobs)
  })

  it('goes to the others once, also if they leave one after the other', async () => {
    const { relay, offer } = await start()
    const first = await join(relay)
    await stall(first)
    for (const job of jobs) offer(job)
    const others = [await join(relay), await join(relay), await join(relay)] as const
    await stall(others[0])
    await stall(others[1])
    first.leave()
    others[0].leave()
    others[1].leave()
    await endOfTurn()
    expect(others[2].received()).toEqual(jobs)
  })

  it('is settled once with a broker that asks: as taken by the other', async () => {
    const { relay, offer, taken } = await start()
    const first = await join(relay)
    await stall(first)
    for (const job of jobs) offer(job, true)
    await join(relay)
    first.leave()
    expect(taken).toEqual([])
    await endOfTurn()
    expect(taken).toEqual(jobs.map(() => true))
  })

  it('goes back to the broker if no member is left', async () => {
    const { relay, offer, taken } = await start()
    const [first, second] = [await join(relay), await join(relay)]
    await stall(first)
    await stall(second)
    for (const job of jobs) offer(job, true)
    first.outbox.close()
    second.outbox.close()
    expect(taken).toEqual(jobs.map(() => false))
    expect([...first.received(), ...second.received()]).toEqual(['full', 'full'])
  })

  it('goes to another member past the limit of its backlog, without a gap', async () => {
    const { relay, offer } = await start({ backlog: 10 })
    const slow = await join(relay)
    await stall(slow)
    for (const job of ['aaaa', 'bbbb']) offer(job)
    const other = await join(relay)
    await stall(other)
    offer('cccc') // both are behind: it goes to the first one, past its limit
    for (const { wire } of [slow, other]) wire.read()
    await endOfTurn()
    expect(slow.received()).toEqual(['full', 'cccc'])
    expect(other.received()).toEqual(['full', 'aaaa', 'bbbb'])
  })

  it('is a gap past that limit if no other member is there', async () => {
    const { relay, offer } = await start({ backlog: 10 })
    const slow = await join(relay)
    await stall(slow)
    for (const job of ['aaaa', 'bbbb', 'cccc']) offer(job)
    slow.wire.read()
    await endOfTurn()
    expect(slow.received()).toEqual(['full', 'gap 2', 'cccc'])
  })
})

it('a request that was not written to its server goes to no other client', async () => {
  const { relay, broker } = await start()
  const wire = scriptedWire()
  const outbox = relay.outbox(lines, { wire, owner: silentOwner })
  const session = relay.open(outbox, everything)
  await subscribe(session, 'sum', { serve: true })
  wire.stop()
  outbox.deliver({ bytes: new TextEncoder().encode('full\n') })
  await endOfTurn()
  const settled: boolean[] = []
  broker.deliver('sum', { subject: parseSubject('sum'), payload: '1+2' }, (taken) => void settled.push(taken))
  session.close()
  outbox.close()
  expect(settled).toEqual([false])
})
