/** When the relay goes away, this many clients are asked to come back in a second. */
const reconnectsPerSecond = 200

/**
 * However many there are, a relay that is stopped does not stay longer: service managers wait 30 s
 * and more.
 */
const longestMs = 20_000

/** From when to when so many clients are to come back, in milliseconds: each at a random moment. */
export function reconnectWindow(clients: number): readonly [fromMs: number, toMs: number] {
  return [0, Math.min(longestMs, Math.ceil((clients / reconnectsPerSecond) * 1000))]
}
