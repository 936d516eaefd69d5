import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import type { OnFailure } from '../outlet.js'
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

/** How often a store deletes expired values and writes wills of lost relays, in milliseconds. */
const sweepMs = 1000

/** The waiting publishes and the wills of a relay, which its sessions share. */
export class RelayValues {
  readonly lines: WaitingLines
  readonly wills: Wills
  readonly keyedWaits: KeyedWaits = new KeyedWaits()
  readonly #ports: RelayValuesPorts
  /** By broker. */
  readonly #stopSweeps: Map<string, () => void> = new Map()
  #isClosed = false

  constructor(ports: RelayValuesPorts) {
    this.#ports = ports
    this.lines = new WaitingLines(ports.hub, ports.clock)
    this.wills = new Wills(ports)
    for (const { name } of ports.hub.brokers()) this.#sweepLater(name)
  }

  /** Writes no will any longer: see `Wills.close`. */
  close(): void {
    this.#isClosed = true
    for (const stop of this.#stopSweeps.values()) stop()
    this.wills.close()
  }

  #sweepLater(broker: string): void {
    const { hub, clock } = this.#ports
    if (this.#isClosed || !hub.hasSweep(broker)) return
    this.#stopSweeps.set(
      broker,
      clock.after(sweepMs, () => void this.#sweep(broker)),
    )
  }

  async #sweep(broker: string): Promise<void> {
    const { hub, onError } = this.#ports
    try {
      await hub.sweep(broker)
    } catch (cause) {
      const error = WildcastError.from(cause)
      // The link reports its own failures.
      if (error.code !== 'broker_down' && error.code !== 'interrupted') onError(error, { stage: 'sweep', broker })
    } finally {
      this.#sweepLater(broker)
    }
  }
}
