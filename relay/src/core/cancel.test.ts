import { describe, expect, it } from 'vitest'
import { Cancel, type CancelSignal } from './cancel.js'

// Whatever takes the one must be able to take the other.
const kinds: readonly [string, () => { readonly signal: CancelSignal; abort(reason: unknown): void }][] = [
  [
    'a Cancel',
    () => {
      const cancel = new Cancel()
      return { signal: cancel, abort: (reason) => cancel.abort(reason) }
    },
  ],
  ['an AbortController', () => new AbortController()],
]

describe.each(kinds)('%s', (_name, open) => {
  it('tells whoever listens, once, and what it was aborted with', () => {
    const cancel = open()
    const log: string[] = []
    cancel.signal.addEventListener('abort', () => log.push(`one: ${cancel.signal.reason}`))
    cancel.signal.addEventListener('abort', () => log.push('two'))
    expect([cancel.signal.aborted, cancel.signal.reason]).toEqual([false, undefined])
    cancel.signal.throwIfAborted()
    cancel.abort('first')
    cancel.abort('second')
    expect([log, cancel.signal.aborted, cancel.signal.reason]).toEqual([['one: first', 'two'], true, 'first'])
    expect(() => cancel.signal.throwIfAborted()).toThrow('first')
  })

  it('tells nobody who listens no more, or only later', () => {
    const cancel = open()
    const log: string[] = []
    const left = (): void => void log.push('left')
    cancel.signal.addEventListener('abort', left)
    cancel.signal.addEventListener('abort', () => log.push('stayed'))
    cancel.signal.removeEventListener('abort', left)
    cancel.signal.removeEventListener('abort', () => {})
    cancel.abort('over')
    cancel.signal.addEventListener('abort', () => log.push('late'))
    expect(log).toEqual(['stayed'])
  })

  it('goes on telling others when one leaves meanwhile', () => {
    const cancel = open()
    const log: string[] = []
    const leaving = (): void => {
      log.push('leaving')
      cancel.signal.removeEventListener('abort', leaving)
    }
    cancel.signal.addEventListener('abort', leaving)
    cancel.signal.addEventListener('abort', () => log.push('other'))
    cancel.abort('over')
    expect(log).toEqual(['leaving', 'other'])
  })
})
