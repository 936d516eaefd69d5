import { intersects, type Pattern, parsePattern } from '@wildcast/protocol'
import type { Action, Authorize } from '@wildcast/relay/core'
import { demandAction } from './check-knobs.js'

interface Refused {
  readonly kind: Action['kind']
  readonly pattern: Pattern
}

/** The actions that a test refuses. */
export interface Refusals {
  readonly authorize: Authorize
  /** Refuses an action on all subjects of a pattern until the undo is called. */
  refuse(kind: Action['kind'], pattern: string): () => void
}

/** Refuses nothing yet. */
export function openRefusals(): Refusals {
  const refused = new Set<Refused>()
  return {
    authorize: ({ kind, subject }) =>
      ![...refused].some((one) => one.kind === kind && intersects(one.pattern, subject)),
    refuse(kind, pattern) {
      demandAction(kind)
      const one = { kind, pattern: parsePattern(pattern) }
      refused.add(one)
      return () => refused.delete(one)
    },
  }
}
