import { expect } from 'vitest'
import type { Program } from './program.js'

/** What a server is asked in a pause it answers once it goes on, and not before. */
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
  // The answer of one who is awake to a later question: time enough for an earlier one.
  await askAnother()
  expect(answered).toBe(false)
  server.resume()
  await asked
}
