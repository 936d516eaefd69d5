import { Grants, type RuleSource } from '../core/access/grants.js'
import type { RuleSet, RuleValues } from '../core/access/rules.js'

/** The grants of rules that are the same for all users, by the names of their sources. */
const shared = new WeakMap<RuleSet, Map<string, Grants>>()

/**
 * Returns the grants of an identity. Thousands of clients with one role share its grants, and the
 * verdicts that these remember, unless a rule depends on the user.
 */
export function grantsFor(sources: readonly RuleSource[], values: RuleValues): Grants {
  const [role, ...others] = sources
  if (!role || dependsOnUser(role.rules) || !others.every(({ rules }) => isEmpty(rules)))
    return new Grants(sources, values)
  const names = sources.map(({ name }) => name).join('\n')
  const known = shared.get(role.rules) ?? new Map<string, Grants>()
  const grants = known.get(names) ?? new Grants(sources, {})
  shared.set(role.rules, known.set(names, grants))
  return grants
}

function dependsOnUser(rules: RuleSet): boolean {
  return listsOf(rules).some((list) => list.some((rule) => rule.includes('{')))
}

function isEmpty(rules: RuleSet): boolean {
  return listsOf(rules).every((list) => list.length === 0)
}

function listsOf({ deny = {}, ...allow }: RuleSet): readonly (readonly string[])[] {
  return [...Object.values(allow), ...Object.values(deny)].map((list) => list ?? [])
}
