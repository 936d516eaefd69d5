import { expect, test, vi } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.js'
import { openDatabase } from './open-database.js'

/** A browser that a test lets open a database. */
function fakeFactory() {
  const close = vi.fn()
  const result = { close, objectStoreNames: { contains: () => true } }
  const request: { result: unknown; onsuccess?: () => void } = { result }
  return { factory: { open: () => request } as unknown as IDBFactory, request, close }
}

test('a database that does not open within 10 s is given up, and closed if it opens later', async () => {
  const clock = createFakeClock()
  const { factory, request, close } = fakeFactory()
  const rejected = vi.fn()
  const opening = openDatabase(factory, 'a', clock)
  opening.catch(rejected)
  await clock.advance(9_999)
  expect(rejected).not.toHaveBeenCalled()
  await clock.advance(1)
  await expect(opening).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('"a"') })
  request.onsuccess?.()
  expect(close).toHaveBeenCalledOnce()
})

test('the error of a browser that forbids databases is passed on, and no timer is left', async () => {
  const clock = createFakeClock()
  const open = (): never => {
    throw new DOMException('no', 'SecurityError')
  }
  await expect(openDatabase({ open } as unknown as IDBFactory, 'a', clock)).rejects.toThrow('no')
  expect(clock.timers).toBe(0)
})
