import type { Failure, Headers, JsonValue, Payload } from '@wildcast/protocol'
import type { HistoryWant } from './history/catch-up.js'
import type { AskedPolicy } from './policy.js'
import type { PublishFacts } from './publish-facts.js'

/** A publish by a client. */
export interface PublishCommand {
  readonly subject: string
  readonly payload: Payload
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** The subject to answer on. */
  readonly responseSubject?: string | undefined
  readonly headers?: Headers | undefined
  /** Allows a pattern as the subject, if the broker supports that. */
  readonly wildcard?: boolean | undefined
  /** On an answer: further answers to the same request follow. */
  readonly more?: boolean | undefined
  /** On an answer: the request failed. */
  readonly error?: Failure | undefined
  readonly facts?: PublishFacts | undefined
  /** Identifies repeats of the same publish. */
  readonly key?: string | undefined
  /** Whether the gateway, not the client, has made its subjects for a request. */
  readonly madeForRequest?: boolean
}

/** The effect of a publish on the value of its subject. */
export interface RetainCommand {
  /** Writes only if the value contains this JSON; with `null`, only if there is no value. */
  readonly when?: JsonValue | undefined
  /** Writes only if the value has this revision. */
  readonly whenRevision?: string | undefined
  /** Waits until the condition holds. */
  readonly watch?: boolean | undefined
  /** @default no limit */
  readonly watchTimeoutMs?: number | undefined
  /** The value that replaces this one when the session ends; `null` deletes it. */
  readonly will?: Payload | null | undefined
  /** How long a session may be silent before its will is written. @default 10,000 */
  readonly willAfterMs?: number | undefined
  /** @default the value does not expire */
  readonly ttlMs?: number | undefined
}

/** A publish whose message becomes the value of its subject. */
export interface RetainedPublish extends PublishCommand {
  readonly retain: RetainCommand
}

/** A client enters the presence of a subject, or leaves it. */
export interface PresenceCommand {
  readonly subject: string
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** Names the client among those of its user. */
  readonly member: string
  /** The data of the member, for others. Empty: it leaves. */
  readonly payload: Payload
}

/** A subscription by a client. */
export interface Subscribe {
  readonly subject: string
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** Each message goes to one member of this group. */
  readonly group?: string | undefined
  /** Whether the gateway, not the client, has made its subject to await an answer. */
  readonly madeForRequest?: boolean | undefined
  /** Also sends the values of the pattern, with this number of the request. */
  readonly retained?: number | undefined
  /** Also sends kept messages of the pattern. */
  readonly history?: HistoryWant | undefined
  /** Receives the number of the members of a presence, not the members. */
  readonly count?: boolean | undefined
  /** Receives the requests to the subject. */
  readonly serve?: boolean | undefined
  /**
   * Also receives the requests to the subject that no responder takes, if the broker keeps them
   * from subscribers. Ignored for a pattern: requests without an answer would wait until their
   * timeout.
   */
  readonly answers?: boolean | undefined
  /** @default every message, as fast as the client reads */
  readonly policy?: AskedPolicy | undefined
  /** Only messages and values that contain this JSON. */
  readonly filter?: JsonValue | undefined
}

/** A page of the history. */
export interface HistoryPageWant {
  /** The oldest messages after this position. */
  readonly after?: string | undefined
  /** Or the newest messages before this position. @default the newest of all */
  readonly before?: string | undefined
  /** The most messages. */
  readonly limit: number
}

/** A request for the values of a pattern, or a page of its history, without a subscription. */
export interface SnapshotCommand {
  /** Sends this page instead of the values. */
  readonly page?: HistoryPageWant | undefined
  readonly subject: string
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** Only values that contain this JSON. */
  readonly filter?: JsonValue | undefined
  /** The number of the request. */
  readonly ref: number
}

/** A request by a client. */
export interface Ask {
  readonly subject: string
  readonly payload: Payload
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** @default 5000 */
  readonly timeoutMs?: number | undefined
  readonly headers?: Headers | undefined
}
