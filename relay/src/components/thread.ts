import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { CheckedOutput } from './read-outputs.js'

/** How a run ended. */
export interface Ran {
  readonly outputs: readonly CheckedOutput[]
  /** The component has failed. */
  readonly error?: WildcastError
}

/** Runs a component, isolated from the relay and all other components. */
export interface Thread {
  /**
   * Runs the component once.
   * @throws {WildcastError} `timeout` if its time was over, `interrupted` if its thread ended
   * meanwhile
   */
  run(message: BrokerMessage): Promise<Ran>
  /**
   * Loads the module again; current runs end in the old one.
   * @throws {WildcastError} `internal` if it can't be loaded: the old one continues
   */
  reload(): Promise<void>
  /** Why it runs nothing now; undefined if it runs. */
  readonly down?: string | undefined
  close(): Promise<void>
}

/** Opens a component's thread. @throws {WildcastError} `internal` if its module can't be loaded */
export type OpenThread = (onError: (error: WildcastError) => void) => Promise<Thread>
