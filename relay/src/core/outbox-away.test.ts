import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { type ScriptedWire, scriptedWire, textEncoder, unheard } from '../testing/scripted-wire.js'
import { Outbox } from './outbox.js'
import type { FeedFacts, Parcel } from './outlet.js'
import { Turn } from './turn.js'

const feed: FeedFacts = { id: 1, broker: 'main', latest: false }
const newest: FeedFacts = { id: 2, broker: 'main', latest: true }

const parcel = (text: string, of: FeedFacts | undefined = feed): Parcel => ({
  bytes: new TextEncoder().encode(`${text} `),
  feed: of,
  message: { subject: parseSubject('a'), payload: text },
})
const endOfTurn = (): Promise<void> => Promise.resolve()

/** An outbox with a backlog of 100 bytes, and the wire that it was opened over. */
function opened(): { outbox: Outbox; wire: ScriptedWire; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock()
  const wire = scriptedWire()
  const observer = { missed: () => {}, cutOff: () => {} }
  const ports = { turn: new Turn(clock), clock, backlog: 100, room: { used: 0, limit: 1000 }, observer }
  return { clock, wire, outbox: new Outbox(ports, textEncoder(), { wire, owner: unheard }) }
}

describe('an outbox whose client is away', () => {
  it('keeps what is said, and writes it in order when the client is back', async () => {
    const { outbox, wire } = opened()
    outbox.deliver(parcel('before'))
    await endOfTurn()
    outbox.deliver(parcel('not yet written'))
    outbox.detach()
    outbox.deliver(parcel('meanwhile'))
    await endOfTurn()
    const next = scriptedWire()
    outbox.attach(next)
    outbox.deliver(parcel('after'))
    await endOfTurn()
    expect({ first: wire.text, next: next.text }).toEqual({
      first: 'before ',
      next: 'not yet written meanwhile after ',
    })
  })

  it('keeps its bounds: what is too much is reported as a gap, and of newest messages one stays', async () => {
    const { outbox } = opened()
    outbox.detach()
    for (let i = 0; i < 30; i++) outbox.deliver(parcel('x'.repeat(9)))
    for (let i = 0; i < 5; i++) outbox.deliver(parcel(`${i}`, newest))
    const next = scriptedWire()
    outbox.attach(next)
    expect(next.text).toBe('gap1:30 4 ')
  })

  it('is not cut off for reading nothing, however long it takes', async () => {
    const { outbox, wire, clock } = opened()
    wire.stop()
    outbox.deliver(parcel('first'))
    await endOfTurn()
    outbox.detach()
    clock.advance(3_600_000)
    expect({ ends: wire.ends, timers: clock.timers }).toEqual({ ends: [], timers: 0 })
  })

  it('is not moved by the wire that it had', async () => {
    const { outbox, wire } = opened()
    wire.stop()
    outbox.deliver(parcel('first'))
    await endOfTurn()
    outbox.detach()
    outbox.deliver(parcel('second'))
    wire.read()
    const next = scriptedWire()
    outbox.attach(next)
    expect({ first: wire.text, next: next.text }).toEqual({ first: 'first ', next: 'second ' })
  })

  it('hands back what waits for it when it is closed', () => {
    const { outbox } = opened()
    const settled: boolean[] = []
    outbox.detach()
    outbox.deliver({ ...parcel('x'), settle: (written) => settled.push(written) > 0 })
    outbox.close()
    expect(settled).toEqual([false])
  })
})
