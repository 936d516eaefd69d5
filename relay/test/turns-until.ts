import { setImmediate as turn } from 'node:timers/promises'

/**
 * Waits, turn by turn of the event loop, until this holds: for what happens in this process,
 * thousands of times in one test.
 */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}
