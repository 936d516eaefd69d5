import { WildcastError } from '@wildcast/protocol'
import type { Broker } from './broker.js'
import type { Clock } from './clock.js'

/** The stores of a broker. */
export type Stores = Pick<Broker, 'values' | 'history'>

/** How often expired values and the wills of expired leases are looked for, in milliseconds. */
const sweepMs = 1000

export interface SweepingPorts {
  readonly clock: Pick<Clock, 'after'>
  /** Returns the present stores. */
  readonly stores: () => Stores
  /** Called with each failure but those that the link reports. */
  readonly failed: (error: WildcastError) => void
}

/**
 * Lets the stores of a broker do each second what is due: `ValueStore.sweep` and
 * `HistoryStore.forget`. Returns the end of it.
 */
export function sweeping({ clock, stores, failed }: SweepingPorts): () => void {
  let isOver = false
  let stop = (): void => {}

  function later(): void {
    const { values, history } = stores()
    // A broker without stores now may have some over its next connection.
    const hasStores = values !== undefined || history !== undefined
    if (isOver || (hasStores && !values?.sweep && !history?.forget)) return
    stop = clock.after(sweepMs, () => void sweep())
  }

  async function sweep(): Promise<void> {
    const { values, history } = stores()
    try {
      await Promise.all([values?.sweep?.(), history?.forget?.()])
    } catch (cause) {
      const error = WildcastError.from(cause)
      if (error.code !== 'broker_down' && error.code !== 'interrupted') failed(error)
    } finally {
      later()
    }
  }

  later()
  return () => {
    isOver = true
    stop()
  }
}
