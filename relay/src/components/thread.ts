import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { CheckedOutput } from './read-outputs.js'

/** How a run ended. */
export interface Ran {
  readonly outputs: readonly CheckedOutput[]
  /** The component has failed. */
  readonly error?: WildcastError
}

/** What a component runs in: apart from the relay and from all other components. */
export interface Thread {
  /**
   * Runs the component once. @throws {WildcastError} `timeout` where its time was over,
   * `interrupted` where its thread ended meanwhile
   */
  run(message: BrokerMessage): Promise<Ran>
  /**
   * Loads the module again; what runs by now ends in the old one. @throws {WildcastError}
   * `internal` where it can't be loaded: the old one goes on
   */
  reload(): Promise<void>
  /** Why it runs nothing at the moment; undefined if it runs what comes. */
  readonly down?: string | undefined
  close(): Promise<void>
}

/**
 * Opens a component's thread. @throws {WildcastError} `internal` where its module can't be loaded
 */
export type OpenThread = (onError: (error: WildcastError) => void) => Promise<Thread>
