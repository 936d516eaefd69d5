import { type ActionKind, covers, intersects, isExact, matches, type Pattern } from '@wildcast/protocol'
import { actionKinds, denialFor, type Rule, type RuleSet, type RuleValues, ruleFor } from './rules.js'

/** An action of a client. */
export interface Action {
  readonly kind: ActionKind
  readonly subject: Pattern
  readonly broker: string
}

/** A set of rules and its name in a refusal, such as `role "viewer"`. */
export interface RuleSource {
  readonly name: string
  readonly rules: RuleSet
}

/** Whether an action is allowed. `why` is for developers and operators: it names the rules. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string }

export const allowed: Verdict = { allowed: true }

/** The rules of one source for one kind of action. */
interface Granted {
  readonly source: string
  readonly allow: readonly Rule[]
  readonly deny: readonly Rule[]
}

/** The most verdicts that are kept for each kind of action. Past it, all are found again. */
const mostRemembered = 64

/** The rules of an identity, from its role and its claims. */
export class Grants {
  readonly #granted: ReadonlyMap<ActionKind, readonly Granted[]>
  readonly #verdicts: ReadonlyMap<ActionKind, Map<string, Verdict>>

  constructor(sources: readonly RuleSource[], values: RuleValues) {
    this.#granted = new Map(actionKinds.map((kind) => [kind, sources.map((source) => grantedBy(source, kind, values))]))
    this.#verdicts = new Map(actionKinds.map((kind) => [kind, new Map()]))
  }

  /**
   * Allows an action if one rule covers all its subjects, and no denial has a subject in common
   * with it.
   */
  decide({ kind, subject, broker }: Action): Verdict {
    const verdicts = this.#verdicts.get(kind) as Map<string, Verdict>
    const key = `${broker}:${subject}`
    const known = verdicts.get(key)
    if (known) return known
    const verdict = this.#find({ kind, subject, broker })
    if (verdicts.size >= mostRemembered) verdicts.clear()
    verdicts.set(key, verdict)
    return verdict
  }

  #find({ kind, subject, broker }: Action): Verdict {
    const granted = this.#granted.get(kind) as readonly Granted[]
    const holds = (rule: Rule): boolean => rule.broker === undefined || rule.broker === broker
    for (const { source, deny } of granted) {
      const denial = deny.find((rule) => holds(rule) && intersects(rule.pattern, subject))
      if (denial) return { allowed: false, why: `deny.${kind} "${denial.text}" of ${source} forbids it` }
    }
    const includes = ({ pattern }: Rule): boolean =>
      isExact(subject) ? matches(pattern, subject) : covers(pattern, subject)
    if (granted.some(({ allow }) => allow.some((rule) => holds(rule) && includes(rule)))) return allowed
    const sources = granted.map(({ source }) => source).join(' and ') || 'this identity'
    return { allowed: false, why: `no ${kind} rule of ${sources} covers it; add ${kind} = ["${broker}:${subject}"]` }
  }
}

function grantedBy({ name, rules }: RuleSource, kind: ActionKind, values: RuleValues): Granted {
  return {
    source: name,
    allow: (rules[kind] ?? []).map((text) => ruleFor(text, values)).filter((rule) => rule !== undefined),
    deny: (rules.deny?.[kind] ?? []).map((text) => denialFor(text, values)),
  }
}
