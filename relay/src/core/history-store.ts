import type { Beside, BrokerMessage, Headers, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { HistoryRules } from './history-rules.js'
import { noPosition } from './position.js'
import type { PublishKey } from './publish-key.js'
import type { Soon } from './store.js'

/** A message of the history. */
export interface StoredMessage {
  readonly subject: Subject
  /** Its number: see `StoredValue.revision`, which has the same counter. */
  readonly position: string
  readonly payload: Payload
  readonly headers?: Headers | undefined
  /** The user who published it. */
  readonly user?: string | undefined
  /** Set if the message changed the value of its subject: then it is the position, too. */
  readonly revision?: string | undefined
  /** The message deleted the value of its subject. */
  readonly deleted?: true | undefined
  /** Absent if the store doesn't keep it. */
  readonly beside?: Beside | undefined
}

/** Whether a broker keeps a message that it delivers. */
export function isStoredMessage(message: BrokerMessage): message is BrokerMessage & StoredMessage {
  return message.position !== undefined
}

/** Which messages to read. Without bounds: from the oldest. */
export interface HistoryPageRequest {
  /** Only messages after this position. */
  readonly after?: string | undefined
  /** Only messages before this position. */
  readonly before?: string | undefined
  /** Reads from the newest to the oldest. @default from the oldest to the newest */
  readonly newestFirst?: boolean | undefined
  /** The most messages of the page. */
  readonly messages: number
  /** The page ends after this many bytes of payloads: its last message may exceed them. */
  readonly bytes: number
}

/** The state of the history of a pattern. */
export interface HistoryState {
  /** The newest number of the store: no later change or message has a lower one. */
  readonly newest: string
  /**
   * The number up to which messages of the pattern may have been forgotten; `noPosition` if all are
   * still kept.
   */
  readonly forgotten: string
}

/**
 * Returns the position after which to read for one that asks after `after`. A position of another
 * history may be after all of this one: then all that is kept is what may be missing.
 */
export function readingFrom(after: string, { newest, isKnown }: HistoryState & { readonly isKnown: boolean }): string {
  return !isKnown && after > newest ? noPosition : after
}

/**
 * A part of the history of a pattern. It may be shorter than asked for, even empty, and not be the
 * last: a store searches a bounded number of messages at a time.
 */
export interface HistoryPage extends HistoryState {
  readonly messages: readonly StoredMessage[]
  /**
   * The position at which the next page begins: its `after`, or with `newestFirst` its `before`.
   * Absent on the last page.
   */
  readonly next?: string | undefined
}

/**
 * Keeps the messages of the subjects that rules name. `history.contract.ts` checks its duties: a
 * message MUST be delivered to the broker's subscribers after it is stored and before it is
 * acknowledged, with its `position`; all relays MUST deliver the messages of a pattern in the order
 * of their positions, without a gap while the link is up; and a message MUST be kept as long as its
 * rule demands. Stores other than the one in memory may keep more for a while.
 *
 * Methods reject as those of `ValueStore` do.
 */
export interface HistoryStore {
  readonly rules: HistoryRules
  /**
   * Publishes a message of a subject that a rule matches, and keeps it. Returns its position. For
   * `key`, see `ValueWrite`.
   */
  append(message: BrokerMessage, key?: PublishKey): Soon<string>
  /** Reads a part of the history of a pattern. */
  historyPage(pattern: Pattern, request: HistoryPageRequest): Soon<HistoryPage>
  /**
   * Returns the state of a pattern. `isKnown` is whether `position` is one of this history: it is
   * not if it is of a lost one, for instance before a failover or a restored backup. It resolves
   * when the messages up to `newest` have been delivered to the subscribers of this broker.
   */
  historyState(pattern: Pattern, position: string): Soon<HistoryState & { readonly isKnown: boolean }>
  /** Forgets messages past their age. Called each second. */
  forget?(): Promise<void>
}
