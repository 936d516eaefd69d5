import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import type { OnFailure } from '../outlet.js'
import { sweeping } from '../sweeping.js'
import { KeyedWaits } from './keyed-waits.js'
import { WaitingLines } from './waiting-lines.js'
import { Wills } from './wills.js'

export interface RelayValuesPorts {
  readonly hub: Hub
  readonly clock: Clock
  /** The name of the relay. */
  readonly relay: string
  readonly onError: OnFailure
}

/** The waiting publishes and the wills of a relay, which its sessions share. */
export class RelayValues {
  readonly lines: WaitingLines
  readonly wills: Wills
  readonly keyedWaits: KeyedWaits = new KeyedWaits()
  readonly #stopSweeps: readonly (() => void)[]

  constructor(ports: RelayValuesPorts) {
    this.lines = new WaitingLines(ports.hub, ports.clock)
    this.wills = new Wills(ports)
    const { hub, clock, onError } = ports
    this.#stopSweeps = hub.brokers().map(({ name: broker }) =>
      sweeping({
        clock,
        stores: () => hub.stores(broker),
        failed: (error) => onError(error, { stage: 'sweep', broker }),
      }),
    )
  }

  /** Writes no will any longer: see `Wills.close`. */
  close(): void {
    for (const stop of this.#stopSweeps) stop()
    this.wills.close()
  }
}
