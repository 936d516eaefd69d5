import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutgoingQueue } from './outgoing.js'

interface Numbered {
  readonly number: number
  readonly qos: 1 | 2
  readonly bytes: number
  readonly expiresAt?: number
}

const limits = { messages: 1000, bytes: 1_000_000 }
const message = (number: number, qos: 1 | 2 = 1): Numbered => ({ number, qos, bytes: 10 })
const never = (): void => {
  throw new Error('no message expires here')
}

describe('the messages for a client', () => {
  it('wait once the window is full, and past the limits are dropped', () => {
    const queue = new OutgoingQueue<Numbered>({ messages: 3, bytes: 35 })
    queue.connect(1)
    expect([1, 2, 3, 4].map((n) => queue.add(message(n)))).toEqual([true, true, true, false])
    expect(queue.take(0, never)).toMatchObject({ message: { number: 1 }, dup: false })
    expect(queue.take(0, never)).toBeUndefined()
    expect(queue.add({ ...message(5), bytes: 6 })).toBe(false)
  })

  it('expire before they are sent, and free their bytes', () => {
    const queue = new OutgoingQueue<Numbered>(limits)
    queue.connect(1)
    const expired: Numbered[] = []
    queue.add({ ...message(1), expiresAt: 5 })
    queue.add(message(2))
    expect(queue.take(5, (one) => expired.push(one))).toMatchObject({ message: { number: 2 } })
    expect([expired.map(({ number }) => number), queue.bytes]).toEqual([[1], 10])
  })

  it('take an acknowledgement only of their kind and in its order', () => {
    const queue = new OutgoingQueue<Numbered>(limits)
    queue.connect(9)
    queue.add(message(1, 2))
    const { id = 0 } = queue.take(0, never) ?? {}
    expect(queue.finish(id, 'puback')).toBeUndefined()
    expect(queue.finish(id, 'pubcomp')).toBeUndefined()
    expect(queue.release(id)).toBe(true)
    expect(queue.finish(id, 'pubcomp')).toMatchObject({ number: 1 })
    expect(queue.release(id)).toBe(false)
  })
})

/**
 * A client over a network that loses the last packets of each connection: it acknowledges, and
 * counts messages with QoS 2 once by their ids.
 */
class LossyClient {
  readonly got: number[] = []
  readonly #held = new Set<number>()
  readonly #queue: OutgoingQueue<Numbered>
  #sending: NonNullable<ReturnType<OutgoingQueue<Numbered>['take']>>[] = []

  constructor(queue: OutgoingQueue<Numbered>) {
    this.#queue = queue
  }

  /** The server sends what it may. */
  pump(): void {
    for (let next = this.#queue.take(0, never); next; next = this.#queue.take(0, never)) this.#sending.push(next)
  }

  /** The client handles a packet; its answer arrives. */
  handle(isAnswered: boolean): void {
    const packet = this.#sending.shift()
    if (!packet) return
    const { id } = packet
    if (packet.kind === 'release') {
      this.#held.delete(id)
      if (isAnswered) this.#queue.finish(id, 'pubcomp')
      return
    }
    const { number, qos } = packet.message
    const isRepeat = qos === 2 && this.#held.has(id)
    if (!isRepeat) this.got.push(number)
    if (qos === 2) this.#held.add(id)
    if (!isAnswered) return
    if (qos === 1) this.#queue.finish(id, 'puback')
    else if (this.#queue.release(id)) this.#sending.push({ kind: 'release', id })
  }

  /** All packets under way are lost. */
  cut(window: number): void {
    this.#sending = []
    this.#queue.connect(window)
  }
}

it('arrive, QoS 1 at least once and QoS 2 exactly once, in order, whatever is lost', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), qos: fc.constantFrom(1 as const, 2 as const) }),
    fc.record({ kind: fc.constant('pump' as const) }),
    fc.record({ kind: fc.constant('handle' as const), isAnswered: fc.boolean() }),
    fc.record({ kind: fc.constant('cut' as const), window: fc.integer({ min: 1, max: 5 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new OutgoingQueue<Numbered>(limits)
      const client = new LossyClient(queue)
      queue.connect(3)
      const sent: (1 | 2)[] = []
      for (const one of steps)
        if (one.kind === 'add') {
          queue.add(message(sent.length, one.qos))
          sent.push(one.qos)
        } else if (one.kind === 'pump') client.pump()
        else if (one.kind === 'handle') client.handle(one.isAnswered)
        else client.cut(one.window)
      client.cut(5)
      for (let i = 0; i < 1000 && queue.size > 0; i++) {
        client.pump()
        client.handle(true)
      }
      const counts = sent.map((_, number) => client.got.filter((one) => one === number).length)
      expect(counts.every((count, number) => (sent[number] === 2 ? count === 1 : count >= 1))).toBe(true)
      expect([queue.size, queue.bytes]).toEqual([0, 0])
      const firsts = [...new Set(client.got)]
      for (const qos of [1, 2]) {
        const ordered = firsts.filter((number) => sent[number] === qos)
        expect(ordered).toEqual([...ordered].sort((a, b) => a - b))
      }
    }),
    { numRuns: 500 },
  )
})
