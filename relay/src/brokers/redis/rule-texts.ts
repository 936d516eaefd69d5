import type { Pattern } from '@wildcast/protocol'
import type { HistoryRules } from '../../core/history-rules.js'

/** The rules of a history as scripts get them. */
export interface RuleTexts {
  /** The patterns of all rules, a line each. */
  readonly list: string
  /** Returns `<messages> <age in ms, or 0> <pattern>`; undefined if no rule names the subject. */
  of(subject: Pattern): string | undefined
  /** Returns the patterns of the rules that a pattern touches, a line each. */
  touching(pattern: Pattern): string
}

/** Returns the texts of rules. */
export function ruleTexts(rules: HistoryRules): RuleTexts {
  const texts = rules.list.map(({ subjects, messages, ageMs = 0 }) => `${messages} ${Math.ceil(ageMs)} ${subjects}`)
  const patternOf = (index: number): string => rules.list[index]?.subjects ?? ''
  return {
    list: rules.list.map(({ subjects }) => subjects).join('\n'),
    of(subject) {
      const index = texts.length > 0 ? rules.of(subject) : undefined
      return index === undefined ? undefined : texts[index]
    },
    touching(pattern) {
      const index = rules.of(pattern)
      return index === undefined ? rules.touching(pattern).map(patternOf).join('\n') : patternOf(index)
    },
  }
}
