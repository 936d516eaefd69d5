import type { ContractKind } from '@wildcast/contract'
import { type BrokerMessage, isClosed, isDerived, isPresence, type Pattern } from '@wildcast/protocol'
import { roomOfMember } from '../presence-subjects.js'
import { requested } from '../requested.js'

/** Under which kind and subject a contract may declare the data of a message. */
export interface DataPlace {
  readonly kind: ContractKind
  /** A pattern if it is published to one. */
  readonly subject: Pattern
}

/**
 * Returns the place of a message, by its subject alone; undefined for subjects of the system. A
 * derived subject names the one of its request.
 */
export function dataPlaceOf({ subject, revision, retained }: BrokerMessage): DataPlace | undefined {
  if (isDerived(subject))
    return { kind: subject.startsWith('request.') ? 'request' : 'reply', subject: requested(subject) }
  if (isPresence(subject)) return { kind: 'presence', subject: roomOfMember(subject) }
  if (isClosed(subject)) return undefined
  return { kind: revision !== undefined || retained ? 'value' : 'message', subject }
}

/** Whether a message carries data: a deletion does not. */
export function hasData({ deleted, left }: BrokerMessage): boolean {
  return !(deleted || left)
}

/** Whether an answer refuses the request. Beside an error, a payload is data, too. */
export function refusesRequest({ error, payload }: BrokerMessage): boolean {
  return error !== undefined && payload.length === 0
}
