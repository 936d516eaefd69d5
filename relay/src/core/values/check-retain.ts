import { type BrokerMessage, isClosed, isDerived, isExact, type Subject, WildcastError } from '@wildcast/protocol'
import type { RetainedPublish } from '../commands.js'
import type { Hub } from '../hub.js'
import { type Condition, retainCondition } from './condition.js'

/** A write of a value that passed all checks. */
export interface CheckedWrite {
  readonly message: BrokerMessage & { readonly subject: Subject }
  readonly condition: Condition | undefined
  readonly ttlMs: number | undefined
}

/**
 * Checks what a publish does with the value of its subject, after the publish itself.
 * @throws {WildcastError} `unsupported`, `forbidden`, `too_large`, `invalid_frame`
 */
export function checkRetain(
  hub: Pick<Hub, 'demand'>,
  { retain }: RetainedPublish,
  { broker, result: message }: { readonly broker: string; readonly result: BrokerMessage },
): CheckedWrite {
  const { subject, payload, more, error } = message
  if (more || error)
    throw new WildcastError('unsupported', 'a part of an answer, or an error, is no value: leave "retain" out')
  if (!isExact(subject)) throw new WildcastError('unsupported', 'a value has one subject: leave "wildcard" out')
  if (isClosed(subject) || isDerived(subject))
    throw new WildcastError('forbidden', `"${subject}" keeps no value: it is for an answer`)
  hub.demand(broker, 'retained')
  const condition = retainCondition(retain)
  if (condition || retain.will !== undefined) hub.demand(broker, 'conditional')
  if (retain.ttlMs !== undefined) hub.demand(broker, 'ttl')
  if (retain.watch && !condition) throw new WildcastError('invalid_frame', '"watch" waits for a condition: add "when"')
  if (retain.will !== undefined && payload.length === 0)
    throw new WildcastError(
      'invalid_frame',
      'an empty message deletes the value, which ends its will: leave "will" out',
    )
  return { message: { ...message, subject }, condition, ttlMs: retain.ttlMs }
}
