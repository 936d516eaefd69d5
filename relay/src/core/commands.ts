import type { Failure, Headers, Payload } from '@wildcast/protocol'
import type { AskedPolicy } from './policy.js'

/** What a client publishes. */
export interface PublishCommand {
  readonly subject: string
  readonly payload: Payload
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** Where an answer is awaited. */
  readonly responseSubject?: string | undefined
  readonly headers?: Headers | undefined
  /** The subject may be a pattern, if the broker can do that. */
  readonly wildcard?: boolean | undefined
  /** On an answer: further answers to the same request follow. */
  readonly more?: boolean | undefined
  /** On an answer: the request failed. */
  readonly error?: Failure | undefined
  /** By which a repeat of the same publish is known. */
  readonly key?: string | undefined
  /** Whether its gateway, not the client, has made its subjects, for a request. */
  readonly madeForRequest?: boolean
}

/** What a client subscribes to. */
export interface Subscribe {
  readonly subject: string
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** Each message goes to one member of the group of this name. */
  readonly group?: string | undefined
  /** Takes the requests to the subject. */
  readonly serve?: boolean | undefined
  /** @default every message, as fast as the client reads */
  readonly policy?: AskedPolicy | undefined
}

/** What a client asks. */
export interface Ask {
  readonly subject: string
  readonly payload: Payload
  /** @default the first of the relay */
  readonly broker?: string | undefined
  /** @default 5000 */
  readonly timeoutMs?: number | undefined
  readonly headers?: Headers | undefined
}
