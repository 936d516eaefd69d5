import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { nobody } from './observer.js'
import { Sessions } from './sessions.js'

function opened() {
  const clock = fakeClock()
  let keys = 0
  const sessions = new Sessions({
    clock,
    newKey: () => `key${++keys}`,
    windowMs: 60_000,
    mostAway: 10_000,
    observer: nobody,
  })
  const log: string[] = []
  const open = (name: string): string => {
    const key = sessions.open({
      expire() {
        log.push(`${name} expires`)
        sessions.delete(key)
      },
      confirm: () => void log.push(`${name} confirms`),
      holdsFrames: !name.startsWith('idle'),
    })
    return key
  }
  return { clock, sessions, log, open }
}

describe('sessions', () => {
  it('expire when their client has been away for the whole time, and not before', () => {
    const { clock, sessions, log, open } = opened()
    const [a, b] = [open('a'), open('b')]
    sessions.leave(a)
    clock.advance(30_000)
    sessions.leave(b)
    clock.advance(29_999)
    expect(log).toEqual([])
    clock.advance(1)
    expect(log).toEqual(['a expires'])
    clock.advance(30_000)
    expect({ log, found: [a, b].map((key) => sessions.find(key)), timers: clock.timers }).toEqual({
      log: ['a expires', 'b expires'],
      found: [undefined, undefined],
      timers: 0,
    })
  })

  it('expire 1 s later after the process was stopped: their clients may have come back', () => {
    const { clock, sessions, log, open } = opened()
    const key = open('a')
    sessions.leave(key)
    clock.stop(120_000)
    clock.advance(0)
    expect(log).toEqual([])
    clock.advance(1000)
    expect(log).toEqual(['a expires'])
  })

  it('do not expire if their client is back, and wait for the whole time when it leaves again', () => {
    const { clock, sessions, log, open } = opened()
    const key = open('a')
    sessions.leave(key)
    clock.advance(59_000)
    sessions.comeBack(key)
    clock.advance(59_000)
    sessions.leave(key)
    clock.advance(59_999)
    expect({ log, away: sessions.away }).toEqual({ log: [], away: 1 })
    clock.advance(1)
    expect(log).toEqual(['a expires'])
  })

  it('end, the one that is away longest first, if too many clients are away', () => {
    const { sessions, log, open } = opened()
    for (let i = 0; i < 10_002; i++) sessions.leave(open(`${i}`))
    expect({ log, away: sessions.away }).toEqual({ log: ['0 expires', '1 expires'], away: 10_000 })
  })

  it('expire a few at a time if that takes long, so that others are served in between', () => {
    const clock = fakeClock()
    let keys = 0
    const sessions = new Sessions({
      clock,
      newKey: () => `key${++keys}`,
      windowMs: 60_000,
      mostAway: 10_000,
      observer: nobody,
    })
    const expired: string[] = []
    for (let i = 0; i < 10; i++) {
      const key = sessions.open({
        expire() {
          clock.stop(5)
          expired.push(key)
          sessions.delete(key)
        },
        confirm: () => {},
        holdsFrames: false,
      })
      sessions.leave(key)
    }
    clock.advance(60_000)
    expect(expired).toEqual(['key1', 'key2'])
    clock.advance(100)
    expect({ expired: expired.length, timers: clock.timers }).toEqual({ expired: 10, timers: 0 })
  })

  it('free memory: those with frames end, the one that is away longest first, until it is enough', async () => {
    const { sessions, log, open } = opened()
    expect(sessions.relieve(() => false)).toBe(false)
    for (const name of ['a', 'idle', 'b', 'c']) sessions.leave(open(name))
    expect(sessions.relieve(() => log.length === 2)).toBe(true)
    await Promise.resolve()
    expect(log).toEqual(['a expires', 'b expires'])
  })

  it('report that ending them would free no memory', async () => {
    const { sessions, log, open } = opened()
    sessions.leave(open('idle'))
    expect(sessions.relieve(() => false)).toBe(true)
    await Promise.resolve()
    expect({ log, again: sessions.relieve(() => false) }).toEqual({ log: [], again: false })
    sessions.leave(open('a'))
    expect(sessions.relieve(() => false)).toBe(true)
  })

  it('confirm once for each call, 1 s later', () => {
    const { clock, sessions, log, open } = opened()
    const a = sessions.find(open('a'))
    if (!a) throw new Error('it is not there')
    sessions.confirmSoon(a)
    clock.advance(1000)
    sessions.confirmSoon(a)
    clock.advance(3000)
    expect({ log, timers: clock.timers }).toEqual({ log: ['a confirms', 'a confirms'], timers: 0 })
  })

  it('end when the relay closes, if their client is away', () => {
    const { clock, sessions, log, open } = opened()
    const [a] = [open('a'), open('b')]
    sessions.leave(a)
    sessions.close()
    expect({ log, timers: clock.timers }).toEqual({ log: ['a expires'], timers: 0 })
  })
})
