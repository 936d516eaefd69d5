import { expect, it } from 'vitest'
import type { CancelSignal } from '../../core/cancel.js'
import { untilAborted } from './until-aborted.js'

/** A signal that counts its listeners. */
function openSignal() {
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

it('removes its listener when the operation has ended', async () => {
  const { signal, listening } = openSignal()
  let resolveLater = (_value: string): void => {}
  const later = untilAborted<string>(signal, (resolve) => {
    resolveLater = resolve
    return () => {}
  })
  expect(listening.size).toBe(1)
  resolveLater('there')
  expect({ value: await later, listeners: listening.size }).toEqual({ value: 'there', listeners: 0 })

  const atOnce = untilAborted<string>(signal, (resolve) => {
    resolve('at once')
    return () => {}
  })
  expect({ value: await atOnce, listeners: listening.size }).toEqual({ value: 'at once', listeners: 0 })
})

it('stops the operation when the signal is aborted, and starts none after that', async () => {
  const { signal, abort } = openSignal()
  const log: string[] = []
  const start = (): (() => void) => {
    log.push('started')
    return () => log.push('stopped')
  }
  const started = untilAborted(signal, start)
  abort('left')
  await expect(started).rejects.toBe('left')
  await expect(untilAborted(signal, start)).rejects.toBe('left')
  expect(log).toEqual(['started', 'stopped'])
})
