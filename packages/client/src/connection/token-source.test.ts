import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.js'
import { openTokens, type TokenReason } from './token-source.js'

/** A source whose calls a test answers. */
function open() {
  const clock = createFakeClock()
  const calls: { readonly reason: TokenReason; resolve(token: string): void; reject(cause: unknown): void }[] = []
  const tokens = openTokens(
    ({ reason }) => new Promise((resolve, reject) => calls.push({ reason, resolve, reject })),
    clock,
  )
  return { clock, tokens, calls, reasons: () => calls.map(({ reason }) => reason) }
}

test('overlapping calls share one, also if it fails', async () => {
  const { tokens, calls, clock } = open()
  const both = [tokens.get('connect'), tokens.get('expiring')]
  await clock.advance(0)
  calls[0]?.resolve('one')
  expect(await Promise.all(both)).toEqual(['one', 'one'])
  const failed = [tokens.get('refused'), tokens.get('connect')].map((one) => expect(one).rejects.toThrow('no'))
  await clock.advance(0)
  calls[1]?.reject(new Error('no'))
  await Promise.all(failed)
  expect(calls).toHaveLength(2)
})

test('a call after a refusal waits for one that began before, and does not share it', async () => {
  const { tokens, calls, reasons, clock } = open()
  const early = tokens.get('expiring')
  const fresh = tokens.get('refused')
  const shared = tokens.get('connect')
  await clock.advance(0)
  expect(reasons()).toEqual(['expiring'])
  calls[0]?.resolve('old')
  await clock.advance(0)
  expect(reasons()).toEqual(['expiring', 'refused'])
  calls[1]?.resolve('new')
  expect(await Promise.all([early, fresh, shared])).toEqual(['old', 'new', 'new'])
})

test('a call that never returns is shared for 10 s', async () => {
  const { tokens, calls, clock } = open()
  void tokens.get('connect')
  await clock.advance(9_999)
  void tokens.get('connect')
  await clock.advance(1)
  expect(calls).toHaveLength(1)
  const later = tokens.get('connect')
  await clock.advance(0)
  expect(calls).toHaveLength(2)
  calls[1]?.resolve('second')
  expect(await later).toBe('second')
  calls[0]?.resolve('first')
  await clock.advance(0)
  const next = tokens.get('connect')
  await clock.advance(0)
  calls[2]?.resolve('third')
  expect(await next).toBe('third')
})

test('a text is returned each time, and no token is undefined', async () => {
  const clock = createFakeClock()
  expect(await openTokens('text', clock).get('connect')).toBe('text')
  expect(await openTokens(undefined, clock).get('connect')).toBe(undefined)
})
