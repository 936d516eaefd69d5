import type { MeteredRelay } from './metered-relay.js'

/** The limit of processor time for one turn of the relay's event loop, in milliseconds. */
export const longestAllowedMs = 50

/** An attack on a relay. Resolves when the relay has handled it. */
export type Attack = () => Promise<unknown>

/**
 * Runs attacks one by one. Returns those that kept the relay's event loop busy for too long, with
 * the milliseconds. Each is measured up to six times, and the shortest counts, since a busy machine
 * takes longer now and then.
 */
export async function tooLong(
  relay: MeteredRelay,
  attacks: Readonly<Record<string, Attack>>,
): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {}
  for (const [name, attack] of Object.entries(attacks)) {
    const ms = await shortest(relay, attack)
    if (ms >= longestAllowedMs) found[name] = ms
  }
  return found
}

async function shortest(relay: MeteredRelay, attack: Attack): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 6 && least >= longestAllowedMs; tries++)
    least = Math.min(
      least,
      await relay.longestTurnMs(async () => {
        await attack()
      }),
    )
  return least
}
