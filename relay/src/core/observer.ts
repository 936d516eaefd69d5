import type { ActionKind } from '@wildcast/protocol'
import type { Dropped } from './broker.js'

/** How a component's work on a message ended. */
export type ComponentOutcome =
  | 'ok'
  | 'failed' // it threw, or returned an invalid output
  | 'timeout'
  | 'interrupted' // its thread ended
  | 'overloaded' // too much was waiting for it
  | 'looped' // its outputs went in a circle

/** Counts events for metrics. Labels are names of brokers and fixed words, never a client's. */
export interface Observer {
  /** A broker's link is up or down. */
  status(broker: string, now: 'up' | 'down'): void
  /** A broker has accepted a message. */
  published(broker: string): void
  /** A broker has confirmed a publish after this time, in milliseconds. One in some is timed. */
  timed(broker: string, ms: number): void
  /** A message was delivered to this number of subscribers. */
  delivered(broker: string, subscribers: number): void
  /** The number of subscriptions of clients has changed. */
  subscriptions(broker: string, by: 1 | -1): void
  /** A publish failed, with this error code. */
  failed(broker: string, code: string): void
  /** A message from a broker was dropped. */
  dropped(broker: string, why: Dropped): void
  /** A slow reader has missed a message of a broker. */
  missed(broker: string): void
  /** A reader was cut off: it read nothing, or its dialect can't report a gap. */
  cutOff(): void
  /** The relay has refused an action of a client, with this error code. */
  refused(action: ActionKind | 'connect', code: string): void
  /** Connections in a state have changed by this number. `away`: sessions without a connection. */
  connections(state: 'entering' | 'open' | 'away', by: 1 | -1): void
  /** A component has finished a message. The id is from the configuration. */
  component(id: string, outcome: ComponentOutcome): void
}

/** Returns an observer that calls brokers by other names. */
export function renamed(observer: Observer, nameOf: (broker: string) => string): Observer {
  return observers({
    status: (broker, ...args) => observer.status(nameOf(broker), ...args),
    published: (broker) => observer.published(nameOf(broker)),
    failed: (broker, ...args) => observer.failed(nameOf(broker), ...args),
    dropped: (broker, ...args) => observer.dropped(nameOf(broker), ...args),
    missed: (broker) => observer.missed(nameOf(broker)),
    cutOff: () => observer.cutOff(),
    refused: (...args) => observer.refused(...args),
    connections: (...args) => observer.connections(...args),
    component: (...args) => observer.component(...args),
  })
}

/** An observer that ignores everything. */
export const nobody: Observer = {
  status: () => {},
  published: () => {},
  timed: () => {},
  delivered: () => {},
  subscriptions: () => {},
  failed: () => {},
  dropped: () => {},
  missed: () => {},
  cutOff: () => {},
  refused: () => {},
  connections: () => {},
  component: () => {},
}

/** Combines observers that may omit methods. */
export function observers(...all: readonly Partial<Observer>[]): Observer {
  return {
    status(...args) {
      for (const observer of all) observer.status?.(...args)
    },
    published(...args) {
      for (const observer of all) observer.published?.(...args)
    },
    timed(...args) {
      for (const observer of all) observer.timed?.(...args)
    },
    delivered(...args) {
      for (const observer of all) observer.delivered?.(...args)
    },
    subscriptions(...args) {
      for (const observer of all) observer.subscriptions?.(...args)
    },
    failed(...args) {
      for (const observer of all) observer.failed?.(...args)
    },
    dropped(...args) {
      for (const observer of all) observer.dropped?.(...args)
    },
    missed(...args) {
      for (const observer of all) observer.missed?.(...args)
    },
    cutOff() {
      for (const observer of all) observer.cutOff?.()
    },
    refused(...args) {
      for (const observer of all) observer.refused?.(...args)
    },
    connections(...args) {
      for (const observer of all) observer.connections?.(...args)
    },
    component(...args) {
      for (const observer of all) observer.component?.(...args)
    },
  }
}
