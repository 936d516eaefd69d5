import { expect } from 'vitest'
import type { Program } from './program.js'

/** Expects that a paused server answers a request when it is resumed, and not before. */
export async function answersAfterPause(
  server: Program,
  ask: () => Promise<unknown>,
  askAnother: () => Promise<unknown>,
): Promise<void> {
  let answered = false
  await server.pause()
  const asked = ask().then(() => {
    answered = true
  })
  // Another server's answer to a later request: time enough for an earlier one.
  await askAnother()
  expect(answered).toBe(false)
  server.resume()
  await asked
}
