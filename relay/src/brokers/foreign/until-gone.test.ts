import { expect, it } from 'vitest'
import type { CancelSignal } from '../../core/cancel.js'
import { untilGone } from './until-gone.js'

/** A signal that tells how many listen. */
function counting() {
  const cancel = new AbortController()
  const listening = new Set<() => void>()
  const signal: CancelSignal = {
    get aborted() {
      return cancel.signal.aborted
    },
    get reason() {
      return cancel.signal.reason
    },
    throwIfAborted: () => cancel.signal.throwIfAborted(),
    addEventListener: (_kind, run) => void listening.add(run),
    removeEventListener: (_kind, run) => void listening.delete(run),
  }
  const abort = (reason: unknown): void => {
    cancel.abort(reason)
    for (const run of listening) run()
  }
  return { signal, listening, abort }
}

it('listens no longer than it waits', async () => {
  const { signal, listening } = counting()
  let arrive = (_value: string): void => {}
  const later = untilGone<string>(signal, (resolve) => {
    arrive = resolve
    return () => {}
  })
  expect(listening.size).toBe(1)
  arrive('there')
  expect([await later, listening.size]).toEqual(['there', 0])

  const atOnce = untilGone<string>(signal, (resolve) => {
    resolve('at once')
    return () => {}
  })
  expect([await atOnce, listening.size]).toEqual(['at once', 0])
})

it('stops what it began when nobody wants it any more, and begins nothing then', async () => {
  const { signal, abort } = counting()
  const log: string[] = []
  const begin = (): (() => void) => {
    log.push('began')
    return () => log.push('stopped')
  }
  const waited = untilGone(signal, begin)
  abort('left')
  await expect(waited).rejects.toBe('left')
  await expect(untilGone(signal, begin)).rejects.toBe('left')
  expect(log).toEqual(['began', 'stopped'])
})
