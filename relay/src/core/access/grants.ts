import { type ActionKind, covers, intersects, isExact, type Pattern, type Subject } from '@wildcast/protocol'
import {
  actionKinds,
  denialFor,
  missingValue,
  type Rule,
  type RuleSet,
  type RuleValues,
  ruleFor,
  type ValueFault,
} from './rules.js'
import { shortForm } from './short-form.js'
import { subjectTest } from './subject-test.js'

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

/** A rule, prepared for the subjects of publishes. */
interface Prepared extends Rule {
  readonly includes: (subject: Subject) => boolean
}

/** A rule that allows nothing, since a placeholder has no value. Its pattern has `*` there. */
interface Void extends Rule {
  readonly fault: ValueFault
}

/** The rules of one source for one kind of action. */
interface Granted {
  readonly source: string
  readonly allow: readonly Prepared[]
  readonly voids: readonly Void[]
  readonly deny: readonly Prepared[]
}

/** The most verdicts that are kept for each kind of action and broker. */
const mostRemembered = 64

/** After this many other subjects, all verdicts are forgotten, since others are needed now. */
const mostMissed = 256

/** The rules of an identity, from its role and its claims. */
export class Grants {
  readonly #ofKind: Readonly<Record<ActionKind, GrantsOfKind>>

  constructor(sources: readonly RuleSource[], values: RuleValues) {
    this.#ofKind = Object.fromEntries(
      actionKinds.map((kind) => [
        kind,
        new GrantsOfKind(
          kind,
          sources.map((source) => grantedBy(source, kind, values)),
        ),
      ]),
    ) as Record<ActionKind, GrantsOfKind>
  }

  /**
   * Allows an action if one rule covers all its subjects, and no denial has a subject in common
   * with it.
   */
  decide({ kind, subject, broker }: Action): Verdict {
    return this.#ofKind[kind].decide(subject, broker)
  }
}

class GrantsOfKind {
  readonly #kind: ActionKind
  readonly #granted: readonly Granted[]
  /** Recent verdicts, by broker and subject. Made when first needed. */
  #verdicts: Map<string, Map<string, Verdict>> | undefined
  /** The number of verdicts that were found and not kept. */
  #missed = 0

  constructor(kind: ActionKind, granted: readonly Granted[]) {
    this.#kind = kind
    this.#granted = granted
  }

  decide(subject: Pattern, broker: string): Verdict {
    const verdicts = this.#verdictsOn(broker)
    const known = verdicts.get(subject)
    if (known) return known
    const verdict = this.#find(subject, broker)
    if (verdicts.size < mostRemembered) verdicts.set(subject, verdict)
    else if (++this.#missed === mostMissed) {
      this.#missed = 0
      verdicts.clear()
    }
    return verdict
  }

  #verdictsOn(broker: string): Map<string, Verdict> {
    this.#verdicts ??= new Map()
    const known = this.#verdicts.get(broker)
    if (known) return known
    const verdicts = new Map<string, Verdict>()
    this.#verdicts.set(broker, verdicts)
    return verdicts
  }

  #find(subject: Pattern, broker: string): Verdict {
    const kind = this.#kind
    const exact = isExact(subject) ? subject : undefined
    for (const { source, deny } of this.#granted)
      for (const rule of deny)
        if (holdsOn(rule, broker) && (exact ? rule.includes(exact) : intersects(rule.pattern, subject)))
          return { allowed: false, why: `deny.${kind} "${rule.text}" of ${source} forbids it` }
    for (const { allow } of this.#granted)
      for (const rule of allow)
        if (holdsOn(rule, broker) && (exact ? rule.includes(exact) : covers(rule.pattern, subject))) return allowed
    return { allowed: false, why: this.#remedyFor(subject, broker) }
  }

  /** Why no rule allows a subject, and what would. */
  #remedyFor(subject: Pattern, broker: string): string {
    const kind = this.#kind
    for (const { source, voids } of this.#granted)
      for (const { text, fault, ...rule } of voids)
        if (holdsOn(rule, broker) && covers(rule.pattern, subject))
          return `${kind} "${text}" of ${source} allows nothing: the client has no ${fault.missing}; ${fault.remedy}`
    const sources = this.#granted.map(({ source }) => source).join(' and ') || 'this identity'
    return `no ${kind} rule of ${sources} covers it; add ${kind} = ["${broker}:${shortForm(subject)}"]`
  }
}

function holdsOn({ broker }: Pick<Rule, 'broker'>, name: string): boolean {
  return broker === undefined || broker === name
}

function prepared(rule: Rule): Prepared {
  return { ...rule, includes: subjectTest(rule.pattern) }
}

function grantedBy({ name, rules }: RuleSource, kind: ActionKind, values: RuleValues): Granted {
  const written = (rules[kind] ?? []).map((text) => ({ text, rule: ruleFor(text, values) }))
  return {
    source: name,
    allow: written.flatMap(({ rule }) => (rule ? [prepared(rule)] : [])),
    voids: written.flatMap(({ text, rule }) => (rule ? [] : [voidRule(text, values)])),
    deny: (rules.deny?.[kind] ?? []).map((text) => prepared(denialFor(text, values))),
  }
}

function voidRule(text: string, values: RuleValues): Void {
  return { ...denialFor(text, values), fault: missingValue(text, values) }
}
