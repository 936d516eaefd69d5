import { describe, expect, it } from 'vitest'
import { Cancel, type CancelSignal } from './cancel.js'

// Code that takes one must be able to take the other.
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
  it('notifies its listeners once, and keeps its reason', () => {
    const cancel = open()
    const log: string[] = []
    cancel.signal.addEventListener('abort', () => log.push(`one: ${cancel.signal.reason}`))
    cancel.signal.addEventListener('abort', () => log.push('two'))
    expect(cancel.signal.aborted).toBe(false)
    expect(cancel.signal.reason).toBeUndefined()
    cancel.signal.throwIfAborted()
    cancel.abort('first')
    cancel.abort('second')
    const { aborted, reason } = cancel.signal
    expect({ log, aborted, reason }).toEqual({ log: ['one: first', 'two'], aborted: true, reason: 'first' })
    expect(() => cancel.signal.throwIfAborted()).toThrow('first')
  })

  it('does not notify listeners that were removed or came later', () => {
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

  it('notifies the other listeners when one is removed meanwhile', () => {
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
