import type { ClientFrame } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { ClientSession } from './client-session.js'

/** What each side says: its own numbers. The relay's frames have a size, too. */
const frameBytes = 100
const publish = (id: number): ClientFrame => ({ kind: 'Publish', subject: `n${id}`, message: '' })

/**
 * A relay that keeps its session, and the session of a client, over links that lose what is on its
 * way. Shares no code with the session.
 */
class Story {
  readonly clock: FakeClock = createFakeClock()
  /** What each side has been handed, in order. */
  readonly atRelay: ClientFrame[] = []
  readonly atClient: number[] = []
  /** What each side has said. */
  said = 0
  told = 0
  /** Frames that the relay sends again after a cut: all but those that the client has confirmed. */
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

  say(): void {
    if (this.#isUp) this.#session.send(publish(++this.said))
  }

  tell(): void {
    this.#kept.push(++this.told)
    if (this.#isUp) this.#toClient.push({ id: this.told })
  }

  /** The relay confirms what it has. */
  confirm(): void {
    if (this.#isUp) this.#toClient.push({ received: this.atRelay.length })
  }

  arriveAtRelay(): void {
    const { frame, number } = this.#toRelay.shift() ?? {}
    if (!frame) return
    if (frame.kind === 'Received') this.#forget(frame.count)
    else {
      expect(number).toBe(this.atRelay.length + 1)
      this.atRelay.push(frame)
    }
  }

  arriveAtClient(): void {
    const { id, received } = this.#toClient.shift() ?? {}
    if (received !== undefined) expect(this.#session.confirm(received)).toBe(true)
    if (id !== undefined) {
      this.atClient.push(id)
      this.#session.handle(frameBytes)
    }
  }

  /** Everything on its way is lost, and the client comes back. */
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
      this.arriveAtRelay()
      this.arriveAtClient()
    }
  }

  #forget(received: number): void {
    expect(received).toBeGreaterThanOrEqual(this.#confirmed)
    expect(received).toBeLessThanOrEqual(this.told)
    this.#kept = this.#kept.filter((id) => id > received)
    this.#confirmed = received
  }

  /** Whatever was said has arrived once, and in order. */
  verify(): void {
    expect(this.atRelay).toEqual(Array.from({ length: this.said }, (_, i) => publish(i + 1)))
    expect(this.atClient).toEqual(Array.from({ length: this.told }, (_, i) => i + 1))
  }
}

describe('over links that are cut, each frame arrives once and in order, both ways,', () => {
  const steps = ['say', 'tell', 'confirm', 'arriveAtRelay', 'arriveAtClient'] as const

  test('wherever an exchange is cut, twice', () => {
    const exchange = Array.from({ length: 40 }, (_, i) => steps[(i * 3) % steps.length] ?? 'say')
    for (let first = 0; first <= exchange.length; first++)
      for (let second = first; second <= exchange.length; second++) {
        const story = new Story()
        for (let at = 0; at <= exchange.length; at++) {
          if (at === first) story.cut()
          if (at === second) story.cut()
          const step = exchange[at]
          if (step) story[step]()
        }
        story.settle()
        story.verify()
      }
  })

  test('whatever happens in whichever order', async () => {
    const happening = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...steps) },
      { weight: 2, arbitrary: fc.constant('cut' as const) },
      { weight: 1, arbitrary: fc.constant('second' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 200 }), async (happenings) => {
        const story = new Story()
        for (const each of happenings) {
          if (each === 'second') await story.clock.advance(1000)
          else story[each]()
        }
        story.settle()
        story.verify()
      }),
      { numRuns: 300 },
    )
  })
})
