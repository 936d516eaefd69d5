import { setImmediate as turn } from 'node:timers/promises'

/**
 * Waits, turn by turn of the event loop, until a condition holds: for events of this process,
 * thousands of times in a test.
 */
export async function turnsUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}
