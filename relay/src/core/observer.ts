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

/** Tells several; each hears what it has ears for. */
export function observers(...all: readonly Partial<Observer>[]): Observer {
  return {
    status(...told) {
      for (const one of all) one.status?.(...told)
    },
    published(...told) {
      for (const one of all) one.published?.(...told)
    },
    failed(...told) {
      for (const one of all) one.failed?.(...told)
    },
    dropped(...told) {
      for (const one of all) one.dropped?.(...told)
    },
  }
}
