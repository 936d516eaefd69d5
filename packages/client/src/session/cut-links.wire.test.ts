// Scripted: the subject is the wire: a link is cut after any frame, in either direction.
import type { ClientFrame } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { ClientSession } from './client-session.js'

/** Size of a frame of the relay. */
const frameBytes = 100
const publish = (id: number): ClientFrame => ({ kind: 'Publish', subject: `n${id}`, message: '' })

/**
 * A relay that keeps the session of a client, over links that lose the frames in flight. It shares
 * no code with the session.
 */
class LossyLinks {
  readonly clock: FakeClock = createFakeClock()
  /** The frames delivered to each side, in order. */
  readonly atRelay: ClientFrame[] = []
  readonly atClient: number[] = []
  /** How many frames each side has sent. */
  sentToRelay = 0
  sentToClient = 0
  /** Frames that the relay sends again after a cut: all that the client has not confirmed. */
  #kept: number[] = []
  #confirmed = 0
  #toRelay: { frame: ClientFrame; number: number | undefined }[] = []
  #toClient: { readonly id?: number; readonly received?: number }[] = []
  #isUp = true
  readonly #session = new ClientSession({
    clock: this.clock,
    send: (frame, number) => {
      if (this.#isUp) this.#toRelay.push({ frame, number })
    },
    expired: () => {
      throw new Error('expired')
    },
  })

  constructor() {
    this.#session.begin(keeping.limits)
  }

  get #waiting(): number {
    return this.#toRelay.length + this.#toClient.length
  }

  sendToRelay(): void {
    if (this.#isUp) this.#session.send(publish(++this.sentToRelay))
  }

  sendToClient(): void {
    this.#kept.push(++this.sentToClient)
    if (this.#isUp) this.#toClient.push({ id: this.sentToClient })
  }

  /** The relay confirms the frames that it has received. */
  confirm(): void {
    if (this.#isUp) this.#toClient.push({ received: this.atRelay.length })
  }

  deliverToRelay(): void {
    const { frame, number } = this.#toRelay.shift() ?? {}
    if (!frame) return
    if (frame.kind === 'Received') this.#forget(frame.count)
    else {
      expect(number).toBe(this.atRelay.length + 1)
      this.atRelay.push(frame)
    }
  }

  deliverToClient(): void {
    const { id, received } = this.#toClient.shift() ?? {}
    if (received !== undefined) expect(this.#session.confirm(received)).toBe(true)
    if (id !== undefined) {
      this.atClient.push(id)
      this.#session.handle(frameBytes)
    }
  }

  /** Drops everything in flight and reconnects the client. */
  cut(): void {
    this.#isUp = false
    this.#toRelay = []
    this.#toClient = []
    expect(this.#session.suspend()).toBe(true)
    this.#isUp = true
    this.#forget(this.#session.claim())
    this.#toClient = this.#kept.map((id) => ({ id }))
    expect(this.#session.resume({ ...keeping, resumed: true, received: this.atRelay.length })).toBe(true)
  }

  settle(): void {
    while (this.#waiting > 0) {
      this.deliverToRelay()
      this.deliverToClient()
    }
  }

  #forget(received: number): void {
    expect(received).toBeGreaterThanOrEqual(this.#confirmed)
    expect(received).toBeLessThanOrEqual(this.sentToClient)
    this.#kept = this.#kept.filter((id) => id > received)
    this.#confirmed = received
  }

  /** Expects that each frame has arrived once and in order. */
  verify(): void {
    expect(this.atRelay).toEqual(Array.from({ length: this.sentToRelay }, (_, i) => publish(i + 1)))
    expect(this.atClient).toEqual(Array.from({ length: this.sentToClient }, (_, i) => i + 1))
  }
}

describe('over cut links, each frame arrives once and in order in both directions', () => {
  const steps = ['sendToRelay', 'sendToClient', 'confirm', 'deliverToRelay', 'deliverToClient'] as const

  test('if an exchange is cut at any two points', () => {
    const exchange = Array.from({ length: 40 }, (_, i) => steps[(i * 3) % steps.length] ?? 'sendToRelay')
    for (let first = 0; first <= exchange.length; first++)
      for (let second = first; second <= exchange.length; second++) {
        const links = new LossyLinks()
        for (let at = 0; at <= exchange.length; at++) {
          if (at === first) links.cut()
          if (at === second) links.cut()
          const step = exchange[at]
          if (step) links[step]()
        }
        links.settle()
        links.verify()
      }
  })

  test('for any order of events', async () => {
    const event = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...steps) },
      { weight: 2, arbitrary: fc.constant('cut' as const) },
      { weight: 1, arbitrary: fc.constant('second' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 200 }), async (events) => {
        const links = new LossyLinks()
        for (const each of events) {
          if (each === 'second') await links.clock.advance(1000)
          else links[each]()
        }
        links.settle()
        links.verify()
      }),
      { numRuns: 300 },
    )
  })
})
