import type { Dropped } from './broker.js'

/** How a component's work on a message ended. */
export type ComponentOutcome =
  | 'ok'
  | 'failed' // it threw, or said what is no output
  | 'timeout'
  | 'interrupted' // its thread ended
  | 'overloaded' // too much was waiting for it
  | 'looped' // its outputs went in a circle

/**
 * Hears what is worth counting. Labels are the names of brokers and our own words, never a
 * client's.
 */
export interface Observer {
  /** A broker's link came or went. */
  status(broker: string, now: 'up' | 'down'): void
  /** A broker has a message of ours. */
  published(broker: string): void
  /** A publish failed, with this error code. */
  failed(broker: string, code: string): void
  /** What a broker sent reached nobody. */
  dropped(broker: string, why: Dropped): void
  /** A reader who was behind has missed a message of a broker. */
  missed(broker: string): void
  /** A reader was cut off: it read nothing, or could not be told what it missed. */
  cutOff(): void
  /** A component is through with a message. Its id is of the configuration. */
  component(id: string, outcome: ComponentOutcome): void
}

export const nobody: Observer = {
  status: () => {},
  published: () => {},
  failed: () => {},
  dropped: () => {},
  missed: () => {},
  cutOff: () => {},
  component: () => {},
}

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
    missed(...told) {
      for (const one of all) one.missed?.(...told)
    },
    cutOff() {
      for (const one of all) one.cutOff?.()
    },
    component(...told) {
      for (const one of all) one.component?.(...told)
    },
  }
}
