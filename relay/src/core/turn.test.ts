import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { Sequence } from './sequence.js'
import { Turn, type Writer } from './turn.js'

/** A turn that ends when a test decides. */
function opened() {
  const ends: (() => void)[] = []
  const turn = new Turn({ ...fakeClock(), endOfTurn: (run) => void ends.push(run) })
  const log: string[] = []
  const writer = (name: string, { frames = 2, bytes = 1, onFlush = () => {} } = {}): Writer => ({
    gathered: sequenceOf(frames, bytes),
    flush() {
      log.push(name)
      onFlush()
    },
  })
  return { turn, log, writer, ends, end: () => ends.shift()?.() }
}

function sequenceOf(frames: number, bytes: number): Sequence {
  let gathered = new Sequence()
  for (let i = 0; i < frames; i++) gathered = gathered.with({ bytes: new Uint8Array(bytes) })
  return gathered
}

const names = (count: number, prefix = 'w'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('a turn', () => {
  it('flushes its writers, in order, when it ends', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(3)) turn.enter(writer(name))
    expect({ log, awaited: ends.length }).toEqual({ log: [], awaited: 1 })
    end()
    expect({ log, awaited: ends.length }).toEqual({ log: names(3), awaited: 0 })
  })

  it('flushes many in several steps, so that later frames join their writes', () => {
    const { turn, log, writer, end } = opened()
    for (const name of names(20)) turn.enter(writer(name))
    end()
    expect(log).toEqual(names(8))
    turn.enter(writer('late'))
    end()
    end()
    expect(log).toEqual([...names(20), 'late'])
  })

  it('flushes each once, however many enter while others wait', () => {
    const { turn, log, writer, ends, end } = opened()
    const entered: string[] = []
    const enter = (name: string): void => {
      entered.push(name)
      turn.enter(writer(name))
    }
    for (const name of names(50)) enter(name)
    for (let i = 0; i < 20; i++) {
      for (const name of names(i % 12, `${i}-`)) enter(name)
      end()
    }
    while (ends.length > 0) end()
    expect(log).toEqual(entered)
  })

  it('delays no writer with many bytes', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(100)) turn.enter(writer(name, { bytes: 10_000 }))
    end()
    expect({ flushed: log.length, awaited: ends.length }).toEqual({ flushed: 100, awaited: 0 })
  })

  it('delays no writer with a single frame', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(100)) turn.enter(writer(name, { frames: 1 }))
    end()
    expect({ flushed: log.length, awaited: ends.length }).toEqual({ flushed: 100, awaited: 0 })
  })

  it('begins again for writers that enter while it ends', () => {
    const { turn, log, writer, ends, end } = opened()
    const starts: unknown[] = []
    const again = writer('again')
    starts.push(turn.enter(writer('first', { onFlush: () => starts.push(turn.enter(again)) })))
    starts.push(turn.enter(writer('second', { onFlush: () => starts.push(turn.enter(again)) })))
    end()
    expect({ log, awaited: ends.length }).toEqual({ log: ['first', 'second'], awaited: 1 })
    expect(starts[1]).toBe(starts[0])
    expect(starts[3]).toBe(starts[2])
    expect(starts[2]).not.toBe(starts[0])
    end()
    expect({ log, awaited: ends.length }).toEqual({ log: ['first', 'second', 'again', 'again'], awaited: 0 })
  })
})
