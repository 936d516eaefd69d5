import { covers, isClosed, isPattern, mayBeDerived, parsePattern } from '@wildcast/protocol'
import * as v from 'valibot'
import type { HistoryRule } from '../../../core/history-rules.js'
import { defined } from './defined.js'
import { keyIn, type Optional, optional, type Reads, table } from './table.js'
import { duration, text, wholeNumber } from './values.js'

/** More than a store can hold. */
const mostMessages = 1_000_000_000

/** A hundred years. */
export const longestAgeMs: number = 100 * 365 * 24 * 3_600_000

/** The newest messages of a subject that are kept, unless the rule has another number. */
export const usualMessages = 1000

const pattern = v.pipe(
  text,
  v.check(isPattern, '{it} must be a subject or a pattern, such as "room.*.msg"'),
  v.transform(parsePattern),
  v.check((subjects) => !isClosed(subjects) && !mayBeDerived(subjects), '{it} must not begin with "$" or "_"'),
)

const rule: Reads<HistoryRule> = v.pipe(
  table(
    {
      subjects: pattern,
      messages: optional(wholeNumber(1, mostMessages)),
      age: optional(duration(longestAgeMs)),
    },
    { subjects: '"room.*.msg"' },
  ),
  v.transform(({ subjects, messages = usualMessages, age }) => ({ subjects, messages, ...defined({ ageMs: age }) })),
)

/** Rejects rules without an effect: the first rule that matches a subject counts. */
function noneHidden(): v.RawCheckAction<HistoryRule[]> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    for (const [i, { subjects }] of dataset.value.entries()) {
      const earlier = dataset.value.slice(0, i).find((other) => covers(other.subjects, subjects))
      if (!earlier) continue
      const by = earlier.subjects === subjects ? 'an earlier rule' : `an earlier rule, "${earlier.subjects}",`
      addIssue({
        message: `{it} never takes effect, since ${by} names the same subjects; move it before that, or remove it`,
        path: [
          { type: 'array', origin: 'value', input: [...dataset.value], key: i, value: subjects },
          keyIn({}, 'subjects'),
        ],
      })
    }
  })
}

/** The key for the rules of a broker. */
export const historyEntry: { readonly history: Optional<readonly HistoryRule[]> } = {
  history: optional<readonly HistoryRule[]>(
    v.pipe(v.array(rule, '{it} must be a list of tables: write [[brokers.NAME.history]]'), noneHidden()),
  ),
}
