import type { MeteredRelay } from './metered-relay.js'

/**
 * Milliseconds that one turn of the relay's event loop may take on the processor, whatever comes
 * in.
 */
export const longestAllowedMs = 50

/** What somebody does to a relay. Resolves when the relay is through with it. */
export type Attack = () => Promise<unknown>

/**
 * Runs attacks one by one and returns those that kept the relay's event loop busy for too long,
 * with the milliseconds. Each is measured up to six times and the shortest counts, since a
 * machine that is busy takes longer now and then.
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
