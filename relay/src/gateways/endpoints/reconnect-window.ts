/** How many clients should come back per second after a shutdown. */
const reconnectsPerSecond = 200

/** The longest window: service managers wait 30 s or more for a process to stop. */
const longestMs = 20_000

/**
 * Returns the window in which `clients` should come back, in milliseconds, each at a random time.
 */
export function reconnectWindow(clients: number): readonly [fromMs: number, toMs: number] {
  return [0, Math.min(longestMs, Math.ceil((clients / reconnectsPerSecond) * 1000))]
}
