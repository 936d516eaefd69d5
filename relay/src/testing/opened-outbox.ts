import { parseSubject } from '@wildcast/protocol'
import { expect } from 'vitest'
import { Outbox } from '../core/outbox.js'
import type { FeedFacts, Parcel, StreamEncoder } from '../core/outlet.js'
import { Turn } from '../core/turn.js'
import type { ResumeWindow, WindowRoom } from '../core/window.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type ScriptedWire, scriptedWire, silentOwner, textEncoder } from './scripted-wire.js'

export const all = (id: number): FeedFacts => ({ id, broker: 'main', latest: false })
export const latest = (id: number): FeedFacts => ({ id, broker: 'main', latest: true })

/** An outbox, and its wire, which a test controls. */
export interface OutboxOnWire {
  readonly outbox: Outbox
  readonly wire: ScriptedWire
}

/** An outbox with its clock, memory and counts. */
export interface OpenedOutbox extends OutboxOnWire {
  readonly clock: FakeClock
  readonly room: WindowRoom
  /** The counts of the observer. */
  readonly counts: { missed: number; cutOff: number }
  /** Opens another outbox of the same relay. */
  open(): OutboxOnWire
}

/** Opens an outbox with a backlog of 100 bytes, and a window of 50 if frames are kept. */
export function openedOutbox(encoder: StreamEncoder = textEncoder(), limit = 250): OpenedOutbox {
  const clock = fakeClock()
  const turn = new Turn(clock)
  const room = { used: 0, limit, unconfirmed: new Set<ResumeWindow>() }
  const counts = { missed: 0, cutOff: 0 }
  const observer = { missed: () => void counts.missed++, cutOff: () => void counts.cutOff++ }
  const open = (): OutboxOnWire => {
    const wire = scriptedWire()
    return {
      wire,
      outbox: new Outbox({ turn, clock, backlog: 100, resume: 50, room, observer }, encoder, {
        wire,
        owner: silentOwner,
      }),
    }
  }
  return { clock, room, counts, open, ...open() }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const answer = (text: string): Parcel => ({ bytes: bytes(text) })
export const message = (feed: FeedFacts, text: string, subject = 'a'): Parcel => ({
  bytes: bytes(`${feed.id}:${text} `),
  feed,
  message: { subject: parseSubject(subject), payload: text },
})
export const endOfTurn = (): Promise<void> => Promise.resolve()

/** Writes a frame that the reader does not take. */
export async function fallBehind({ outbox, wire }: OutboxOnWire): Promise<void> {
  wire.stop()
  outbox.deliver(answer('first '))
  await endOfTurn()
  expect(outbox.behind).toBe(true)
}
