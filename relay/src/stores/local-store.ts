import type { BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { HistoryStore } from '../core/history-store.js'
import type { Soon, ValueStore } from '../core/store.js'

/** The subscribers of the memory broker, as its store sees them. */
export interface Subscribers {
  /**
   * Delivers a change, once it is stored, in the order of the calls. Called from inside a delivery,
   * it delivers after that one.
   */
  deliver(change: BrokerMessage): void
  /** Resolves when all changes of earlier calls have been delivered. */
  delivered(): Soon<void>
  /** Notifies subscribers of a gap: changes may have been stored, but not delivered. */
  lost(cause: WildcastError): void
}

/** A store inside the process, in memory or on disk. */
export interface LocalStore extends ValueStore {
  /** Absent without rules. */
  readonly history?: HistoryStore | undefined
  /** Ends its timers and files. Later calls reject with `broker_down`. */
  close(): Soon<void>
}

/** Opens the store of a memory broker. */
export type OpenStore = (subscribers: Subscribers) => Soon<LocalStore>
