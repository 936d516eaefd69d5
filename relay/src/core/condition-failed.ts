import { WildcastError } from '@wildcast/protocol'

/** A value was not written, since its condition is not met. */
export class ConditionFailed extends WildcastError {
  /** @param revision - of the present value, if there is one */
  constructor(revision: string | undefined) {
    const present = revision === undefined ? 'there is no value' : `the value has the revision ${revision}`
    super('condition_failed', `the condition is not met: ${present}; read the value, and decide again`, { revision })
  }
}

/** Whether a publish was refused, since the condition of a value is not met: see `Written`. */
export function isRefused(outcome: unknown): boolean {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'refused'
}
