import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { Sequence } from './sequence.js'
import { Turn, type Writer } from './turn.js'

/** A turn whose end a test decides on. */
function opened() {
  const ends: (() => void)[] = []
  const turn = new Turn({ ...fakeClock(), endOfTurn: (run) => void ends.push(run) })
  const log: string[] = []
  const writer = (name: string, { frames = 2, bytes = 1, onFlush = () => {} } = {}): Writer => ({
    said: saying(frames, bytes),
    flush() {
      log.push(name)
      onFlush()
    },
  })
  return { turn, log, writer, ends, end: () => ends.shift()?.() }
}

function saying(frames: number, bytes: number): Sequence {
  let said = new Sequence()
  for (let i = 0; i < frames; i++) said = said.with({ bytes: new Uint8Array(bytes) })
  return said
}

const names = (count: number, prefix = 'w'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

describe('a turn', () => {
  it('flushes whoever entered, in order, when it ends', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(3)) turn.enter(writer(name))
    expect([log, ends.length]).toEqual([[], 1])
    end()
    expect([log, ends.length]).toEqual([names(3), 0])
  })

  it('flushes many in several steps, so that what comes in between goes along', () => {
    const { turn, log, writer, end } = opened()
    for (const name of names(20)) turn.enter(writer(name))
    end()
    expect(log).toEqual(names(8))
    turn.enter(writer('late'))
    end()
    end()
    expect(log).toEqual([...names(20), 'late'])
  })

  it('flushes each once, however many come while others wait', () => {
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

  it('lets nobody wait who was told much', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(100)) turn.enter(writer(name, { bytes: 10_000 }))
    end()
    expect([log.length, ends.length]).toEqual([100, 0])
  })

  it('lets nobody wait who was told a single thing', () => {
    const { turn, log, writer, ends, end } = opened()
    for (const name of names(100)) turn.enter(writer(name, { frames: 1 }))
    end()
    expect([log.length, ends.length]).toEqual([100, 0])
  })

  it('begins again for those who enter while it ends', () => {
    const { turn, log, writer, ends, end } = opened()
    const starts: unknown[] = []
    const again = writer('again')
    starts.push(turn.enter(writer('first', { onFlush: () => starts.push(turn.enter(again)) })))
    starts.push(turn.enter(writer('second', { onFlush: () => starts.push(turn.enter(again)) })))
    end()
    expect([log, ends.length]).toEqual([['first', 'second'], 1])
    expect([starts[0] === starts[1], starts[2] === starts[3], starts[0] === starts[2]]).toEqual([true, true, false])
    end()
    expect([log, ends.length]).toEqual([['first', 'second', 'again', 'again'], 0])
  })
})
