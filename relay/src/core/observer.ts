import type { Dropped } from '../brokers/broker.js'

/** Hears what is worth counting. Labels are the names of brokers and our own words, never a client's. */
export interface Observer {
  /** A broker's link came or went. */
  status(broker: string, now: 'up' | 'down'): void
  /** A broker has a message of ours. */
  published(broker: string): void
  /** A publish failed, with this error code. */
  failed(broker: string, code: string): void
  /** What a broker sent reached nobody. */
  dropped(broker: string, why: Dropped): void
}

export const nobody: Observer = { status: () => {}, published: () => {}, failed: () => {}, dropped: () => {} }
