import type { Failure, Headers, Payload } from '@wildcast/protocol'
import type { AskedPolicy } from './policy.js'

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
  /** Identifies repeats of the same publish. */
  readonly key?: string | undefined
  /** Whether the gateway, not the client, has made its subjects for a request. */
  readonly madeForRequest?: boolean
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
  /** Receives the requests to the subject. */
  readonly serve?: boolean | undefined
  /** @default every message, as fast as the client reads */
  readonly policy?: AskedPolicy | undefined
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
