import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { closeDeadlineMs, onSignals } from './on-signals.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function open({ gone = false, close = () => new Promise<void>(() => {}) } = {}) {
  const log: string[] = []
  const clock = fakeClock()
  const terminal = { gone }
  const signal = onSignals({
    close() {
      log.push('close')
      return close()
    },
    async reload() {
      log.push('reload')
    },
    terminal,
    clock,
    exit: (code) => log.push(`exit ${code}`),
    report: (why) => log.push(why),
  })
  return { signal, log, clock, terminal }
}

describe('SIGINT and SIGTERM', () => {
  it.each(['SIGINT', 'SIGTERM'])('%s closes, and ends with 0 when that is done', async (name) => {
    const { signal, log } = open({ close: () => Promise.resolve() })
    signal(name)
    await turn()
    expect(log).toEqual(['close', 'exit 0'])
  })

  it('exits at once on the second one', () => {
    const { signal, log } = open()
    signal('SIGTERM')
    signal('SIGINT')
    expect(log).toEqual(['close', 'exit 1'])
  })

  it('exits with 1 and the reason if it can not close, or not in time', async () => {
    const failed = open({ close: () => Promise.reject(new Error('no')) })
    failed.signal('SIGTERM')
    await turn()
    expect(failed.log).toEqual(['close', 'Error: no', 'exit 1'])
    const { signal, log, clock } = open()
    signal('SIGTERM')
    clock.advance(closeDeadlineMs)
    expect(log).toEqual(['close', 'not everything was closed within 27 s', 'exit 1'])
  })
})

describe('SIGHUP', () => {
  it('reloads each time', () => {
    const { signal, log, clock } = open()
    signal('SIGHUP')
    clock.advance(100)
    signal('SIGHUP')
    clock.advance(100)
    expect(log).toEqual(['reload', 'reload'])
  })

  it('closes if the terminal is gone, even if it closes a moment after the signal', () => {
    const { signal, log, clock, terminal } = open()
    signal('SIGHUP')
    terminal.gone = true
    clock.advance(100)
    expect(log).toEqual(['close'])
  })

  it('does nothing while the relay closes', () => {
    const { signal, log, clock } = open()
    signal('SIGTERM')
    signal('SIGHUP')
    clock.advance(100)
    expect(log).toEqual(['close'])
  })
})
