import { WildcastError } from '@wildcast/protocol/client'
import type { CheckResult } from '../check-data.js'
import type { ContractKind, EntryOptions } from '../definition.js'
import { checkPayload } from './check-payload.js'
import type { ContractCheck } from './client-guard.js'
import { decodePayload } from './decode-payload.js'
import { type EntryFinder, entryFor, type FoundEntry } from './entry-finder.js'
import type { GuardedMessage } from './guarded-parts.js'

/** How received data is judged. */
export interface Judge {
  readonly finder: EntryFinder
  readonly check: ContractCheck
  fault(error: WildcastError): void
}

/**
 * Sets the data of a received message to the output of its schema. Returns an error if the message
 * must not be delivered.
 */
export function setData(
  { finder, check, fault }: Judge,
  message: GuardedMessage,
  kind: ContractKind | undefined,
): WildcastError | undefined {
  const { subject, deleted, left } = message
  const found = deleted || left ? undefined : entryOf(finder, message, kind)
  if (!found) return undefined
  const read = (): unknown => readOrBytes(found.entry.codec, message)
  const judged = (): Judged => judge(() => checkPayload({ ...found, subject, source: message }))
  if (check === 'throw') {
    const { value, refusal } = judged()
    if (!refusal) define(message, 'data', () => value)
    return refusal
  }
  define(message, 'data', () => {
    if (check === 'off') return read()
    const { value, refusal } = judged()
    if (refusal) fault(refusal)
    return refusal ? read() : value
  })
  return undefined
}

/** The output of a check, or why it has none. */
export type Judged =
  | { readonly value: unknown; readonly refusal?: undefined }
  | { readonly refusal: WildcastError; readonly value?: undefined }

/** Runs a check. The error of a schema refuses the data, too. */
export function judge(check: () => CheckResult): Judged {
  try {
    const { value, failure } = check()
    return failure ? { refusal: new WildcastError('invalid_payload', failure.message) } : { value }
  } catch (cause) {
    return { refusal: WildcastError.from(cause) }
  }
}

/** Defines a property that is computed when it is first read. */
export function define(message: GuardedMessage, property: 'data' | 'params' | 'respond', compute: () => unknown): void {
  let found: { readonly value: unknown } | undefined
  Object.defineProperty(message, property, {
    configurable: true,
    get() {
      found ??= { value: compute() }
      return found.value
    },
  })
}

function entryOf(
  finder: EntryFinder,
  { subject, revision, retained }: GuardedMessage,
  kind: ContractKind | undefined,
): FoundEntry | undefined {
  if (kind) return entryFor(finder, kind, subject)
  // A member of a subject. The last segment is `*` if it is the number of the members.
  const place = /^\$presence\.(.+)\.[^.*]+$/.exec(subject)?.[1]
  if (place !== undefined) return entryFor(finder, 'presence', place)
  return entryFor(finder, revision !== undefined || retained ? 'value' : 'message', subject)
}

function readOrBytes(codec: EntryOptions['codec'], message: GuardedMessage): unknown {
  try {
    return decodePayload(codec, message)
  } catch {
    return message.bytes
  }
}
