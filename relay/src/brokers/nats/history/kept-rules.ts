import { createHash } from 'node:crypto'
import { intersects } from '@wildcast/protocol'
import type { HistoryRule } from '../../../core/history-rules.js'
import { natsNativeOf } from '../subjects.js'
import type { NewestChange } from '../values/begin-term.js'

// Where kept messages are at a NATS server. `$` closes these subjects to clients.

/** The stream that has the terms of all histories, and its subjects. */
export const termsStream = 'wildcast-history'
export const termsSubjects = '$wildcast.history.>'

/** The subjects on which the server publishes kept messages again. */
export const keptPrefix = '$wildcast.kept.'

/** A rule of the history, which is a stream of its own at NATS. */
export interface KeptRule {
  readonly rule: HistoryRule
  /** The subjects of NATS that together are those of the rule. */
  readonly subjects: readonly string[]
  readonly stream: string
  /** The server publishes each message again on its subject behind this. */
  readonly prefix: string
  /** Holds the terms of its positions. */
  readonly termsSubject: string
  /** The newest message that the relay has seen, over all connections. */
  readonly newest: NewestChange
}

/** Returns the rules as NATS keeps them, or why it can't. */
export function keptRulesOf(rules: readonly HistoryRule[]): readonly KeptRule[] | string {
  for (const [i, { subjects }] of rules.entries()) {
    if (!natsNativeOf({ pattern: subjects }).exact)
      return `NATS has no subjects that are just "${subjects}", as the history demands; let "**" be the end of a rule`
    const other = rules.slice(0, i).find((earlier) => intersects(earlier.subjects, subjects))
    if (other)
      return `on NATS no two rules of the history may overlap, as "${other.subjects}" and "${subjects}" do; join them`
  }
  return rules.map(keptRuleOf)
}

function keptRuleOf(rule: HistoryRule): KeptRule {
  const name = createHash('sha256').update(rule.subjects).digest('hex').slice(0, 16)
  return {
    rule,
    subjects: natsNativeOf({ pattern: rule.subjects }).subjects,
    stream: `wildcast-history-${name}`,
    prefix: `${keptPrefix}${name}.`,
    termsSubject: `$wildcast.history.${name}`,
    newest: { term: '', seq: 0 },
  }
}
