import type { Beside, BrokerMessage, Headers, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { PublishKey } from './publish-key.js'

/** The value of a subject: the last message that was published with `retain`. */
export interface StoredValue {
  readonly subject: Subject
  /**
   * The number of its last change: `<term>-<n>`, of fixed width, so that the order of texts is the
   * order of changes. Equal numbers are the same change. A term begins at each opening of a store.
   * Absent if the store numbers no changes: then it has no conditions and wills, and its changes
   * are delivered with `retained` instead.
   */
  readonly revision?: string | undefined
  /** Never empty: an empty payload deletes. */
  readonly payload: Payload
  readonly headers?: Headers | undefined
  /** The user who wrote it. */
  readonly user?: string | undefined
  /** Absent if the store doesn't keep it. */
  readonly beside?: Beside | undefined
  /**
   * When it expires, in milliseconds since 1970, by the clock of the store. Absent if it doesn't,
   * or if the store doesn't report it.
   */
  readonly expiresAt?: number | undefined
}

/** A change of a value. */
export interface ValueWrite {
  /**
   * The new value, or an empty payload to delete. Its subject is exact; its headers and the user of
   * `from` are kept.
   */
  readonly message: BrokerMessage
  /** Writes only if the value has this revision; with `null`, only if there is no value. */
  readonly ifRevision?: string | null | undefined
  /** Milliseconds after which the value is deleted. */
  readonly ttlMs?: number | undefined
  /** Replaces the value when its lease expires, unless the subject was written since. */
  readonly will?: StoredWill | undefined
  /**
   * If a write with this key, at any relay, was done within `keyMs`, it is not done again: its
   * outcome is the result, whatever the condition. Rejects with `usedKey` if that was another one.
   * A store without revisions ignores it.
   */
  readonly key?: PublishKey | undefined
}

/** No value has this revision. */
export const noRevision = ''

/** The will of the client that wrote a value. */
export interface StoredWill {
  /** The value that replaces it; an empty payload deletes it. */
  readonly payload: Payload
  /** The lease of the relay that answers for the will: see `ValueStore.renew`. */
  readonly lease: string
}

/** The outcome of a write. `Revision` is `string` at a store that numbers changes. */
export type Written<Revision extends string | undefined = string | undefined> =
  | {
      readonly kind: 'written'
      readonly revision: Revision
      /** An earlier write with the same key has done it. */
      readonly repeated?: true | undefined
    }
  /** There was no value to delete: nothing has changed, and no subscriber is notified. */
  | { readonly kind: 'unchanged' }
  /** The condition is not met. `revision` is that of the present value, if there is one. */
  | { readonly kind: 'refused'; readonly revision: string | undefined }

/**
 * A part of the values of a pattern, in the order of their subjects. It may be shorter than asked
 * for, even empty, and not be the last: a store searches a bounded number of subjects at a time.
 */
export interface ValuePage {
  readonly values: readonly StoredValue[]
  /** The subject after which the next page begins. Absent on the last page. */
  readonly next?: Subject | undefined
}

/** Which values to read. */
export interface ValuePageRequest {
  /** The subject after which the page begins. @default the first */
  readonly after?: Subject | undefined
  /** The most values of the page. */
  readonly values: number
  /** The page ends after this many bytes of payloads: its last value may exceed them. */
  readonly bytes: number
}

/** A result that is there at once in the memory of this process, and later elsewhere. */
export type Soon<Result> = Result | Promise<Result>

/**
 * Keeps the values of a broker's subjects. `store.contract.ts` checks its duties: a write MUST be
 * atomic, with its condition; MUST be delivered to the broker's subscribers after it is stored and
 * before it is acknowledged, with its `revision` (`deleted` and an empty payload for a deletion);
 * and all relays MUST deliver the changes of a subject in the order of their revisions, without a
 * gap while the link is up. Without revisions, the order is that of the broker, and each change
 * since a subscription that `page` reads is delivered to it before a later `mark` resolves.
 *
 * Any method rejects with a `WildcastError`: `broker_down` if nothing was done, `interrupted` if
 * the outcome is unknown, `storage_full` if the store has reached a limit.
 */
export interface ValueStore {
  /** Writes a value, and delivers it. */
  write(write: ValueWrite): Soon<Written>
  /** Reads the value of a subject. */
  read(subject: Subject): Soon<StoredValue | undefined>
  /** Reads a part of the values of a pattern. A value that changes meanwhile may be old or new. */
  page(pattern: Pattern, request: ValuePageRequest): Soon<ValuePage>
  /**
   * Resolves when all changes that were acknowledged before this call, at any relay, have been
   * delivered to the subscribers of this broker.
   */
  mark(): Soon<void>
  /**
   * Renews a lease. Its wills are written, by any relay, when it was not renewed for `leaseMs`, by
   * the clock of the store. A store that ends with its process needs no lease.
   */
  renew?(lease: string): Promise<void>
  /** Deletes expired values, and writes the wills of expired leases. Called each second. */
  sweep?(): Promise<void>
}

/** How long the wills of a relay wait for its next sign of life, in milliseconds. */
export const leaseMs = 15_000
