import { expect, test } from 'vitest'
import { practice } from './practice.js'

/** What keeps this process alive, by its kind. */
const sockets = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => /^TCP(?:Server|Socket)Wrap$/.test(kind))

test('ends by itself, and leaves nothing open', async () => {
  const before = sockets()
  await practice(new AbortController().signal)
  await expect.poll(sockets).toEqual(before)
})

test('stops when the relay closes meanwhile', async () => {
  const before = sockets()
  const closing = new AbortController()
  const practised = practice(closing.signal)
  await expect.poll(() => sockets().length).toBeGreaterThan(before.length)
  closing.abort()
  await expect(practised).rejects.toThrow('aborted')
  await expect.poll(sockets, { timeout: 20_000 }).toEqual(before)
})
