import { covers, intersects, parsePattern } from '@wildcast/protocol'
import type { HistoryRule, HistoryRules } from '../../core/history-rules.js'
import { laterOf, noPosition } from '../../core/position.js'
import type { KeptSubject, KeptSubjects } from './kept-subjects.js'
import type { MessageTable } from './message-table.js'
import type { Numbers } from './numbers.js'
import type { FileRule, RuleFloors } from './rule-floors.js'

export interface SettleRulesPorts {
  readonly rules: HistoryRules
  readonly floors: RuleFloors
  readonly subjects: KeptSubjects
  readonly table: MessageTable
  readonly numbers: Numbers
}

/**
 * Applies rules to a file that may have had others, inside a transaction. Messages that no rule
 * names any longer are forgotten. A rule whose subjects were all kept before continues; any other
 * begins with the present number, since messages of its subjects may have been published before.
 */
export function settleRules(ports: SettleRulesPorts): void {
  const { rules, floors, subjects } = ports
  const before = floors.rules
  const isSame =
    before.length === rules.list.length && before.every(({ subjects }, i) => subjects === rules.list[i]?.subjects)
  if (floors.isNew || !isSame) floors.replace(rulesAfter(before, ports))
  for (const kept of subjects.all()) settleSubject(kept, ports)
  floors.save()
}

/** Returns the rules with what they have forgotten. */
function rulesAfter(before: readonly FileRule[], { rules, floors, numbers }: SettleRulesPorts): readonly FileRule[] {
  const old = before.map((rule) => ({ ...rule, pattern: parsePattern(rule.subjects) }))
  const isContinued = ({ subjects }: HistoryRule): boolean => old.some(({ pattern }) => covers(pattern, subjects))
  // A number of its own: messages that no rule named may have followed the last one.
  const isFresh = floors.isNew && numbers.newest === noPosition
  const present = isFresh || rules.list.every(isContinued) ? noPosition : numbers.next()
  return rules.list.map((rule) => {
    const { subjects } = rule
    if (!isContinued(rule)) return { subjects, forgotten: present, newestForgotten: present }
    const touched = old.filter(({ pattern }) => intersects(pattern, subjects))
    const latest = (key: 'forgotten' | 'newestForgotten'): string =>
      touched.map((one) => one[key]).reduce(laterOf, noPosition)
    return { subjects, forgotten: latest('forgotten'), newestForgotten: latest('newestForgotten') }
  })
}

/** Gives a subject to its rule, and forgets what that rule does not keep. */
function settleSubject(kept: KeptSubject, { rules, floors, subjects, table }: SettleRulesPorts): void {
  const { subject } = kept
  const rule = rules.of(subject)
  if (rule === undefined) {
    table.removeAll(subject)
    subjects.remove(subject)
    return
  }
  if (rule !== kept.rule) table.move(subject, rule)
  const excess = kept.messages - (rules.list[rule]?.messages ?? kept.messages)
  if (rule === kept.rule && excess <= 0) return
  const forgotten = excess > 0 ? table.removeOldest(subject, excess) : kept.forgotten
  subjects.put({ subject, rule, messages: Math.min(kept.messages, kept.messages - excess), forgotten })
  floors.raise(rule, forgotten, false)
}
