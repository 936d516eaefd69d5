import type { Clock } from './clock.js'
import type { Hub } from './hub.js'

/** How soon a write is tried again, in milliseconds. */
const retryMs = 1000

/** Resolves when a broker that was down may be tried again: soon, and once its link is up. */
export function beforeRetry(
  { hub, clock }: { readonly hub: Pick<Hub, 'whenUp'>; readonly clock: Clock },
  broker: string,
): Promise<void> {
  return new Promise((resolve) => clock.after(retryMs, () => hub.whenUp(broker, resolve)))
}
