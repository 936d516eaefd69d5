import type { Failure, Headers, Payload, Subject } from '@wildcast/protocol'
import type { PublishKey } from '../../core/publish-key.js'
import type { StoredWill, Written } from '../../core/store.js'

/** A write, with what the file keeps of its message. */
export interface FileWrite {
  readonly subject: Subject
  readonly payload: Payload
  readonly headers?: Headers | undefined
  readonly user?: string | undefined
  readonly ifRevision?: string | null | undefined
  readonly ttlMs?: number | undefined
  readonly will?: StoredWill | undefined
  /** It is a message to keep, and changes no value. */
  readonly append?: true | undefined
  /** When an imported message was kept, in milliseconds since 1970. */
  readonly keptAt?: number | undefined
  /** See `ValueWrite.key`. */
  readonly key?: PublishKey | undefined
}

/** A write that has failed. */
export interface FailedOutcome {
  readonly kind: 'failed'
  readonly failure: Failure
}

/** The outcome of a write. */
export type Outcome = Written<string> | FailedOutcome
