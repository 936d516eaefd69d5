import type { ActionKind } from '@wildcast/protocol'
import type { RuleSource } from '../core/access/grants.js'
import type { Identity } from '../core/access/identity.js'
import { actionKinds, faultOfRule, type RuleSet } from '../core/access/rules.js'
import { unauthorized } from './refusals.js'
import { grantsFor } from './shared-grants.js'

/** The facts about a client whose credentials were checked. */
export interface Person {
  /** Absent for an anonymous client. */
  readonly user?: string | undefined
  readonly role?: string | undefined
  /** The namespace whose brokers it sees. @default that of its endpoint, or none */
  readonly namespace?: string | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** Rules of its own, beside those of its role. */
  readonly rules?: RuleSource | undefined
  /** In milliseconds since 1970. */
  readonly expiresAt?: number | undefined
}

/** The rules of each role. */
export type Roles = Readonly<Record<string, RuleSet>>

/**
 * The identity of a client.
 * @throws {WildcastError} `unauthorized` if its role is not in the configuration
 */
export function identityOfPerson(person: Person, roles: Roles): Identity {
  const { user, role, namespace, claims = {}, rules, expiresAt } = person
  const ofRole = role === undefined ? undefined : Object.hasOwn(roles, role) ? roles[role] : undefined
  if (role !== undefined && !ofRole) throw unauthorized(`there is no role "${role.slice(0, 64)}"`)
  const sources = [...(ofRole ? [{ name: `role "${role}"`, rules: ofRole }] : []), ...(rules ? [rules] : [])]
  return { user, role, namespace, claims, grants: grantsFor(sources, { user, claims }), expiresAt }
}

/**
 * Reads the claim `wildcast` of a token, or the rules of a hook: `{ role?, namespace?, publish?,
 * subscribe?, request?, serve?, presence?, deny? }`.
 * @throws {WildcastError} `unauthorized` if it is anything else: a misspelt denial must not be lost
 */
export function readRules(
  value: unknown,
  name: string,
): Pick<Person, 'role' | 'namespace'> & { readonly rules: RuleSource } {
  if (value === undefined) return { rules: { name, rules: {} } }
  const { role, namespace, deny, ...lists } = tableOf(value, name)
  demandName(role, `"role" of ${name}`)
  demandName(namespace, `"namespace" of ${name}`)
  const rules = {
    ...listsOf(lists, name),
    deny: deny === undefined ? undefined : listsOf(tableOf(deny, `"deny" of ${name}`), `"deny" of ${name}`),
  }
  return { role, namespace, rules: { name, rules } }
}

function demandName(value: unknown, name: string): asserts value is string | undefined {
  if (value !== undefined && typeof value !== 'string') throw unauthorized(`${name} is not a text`)
}

function listsOf(
  table: Readonly<Record<string, unknown>>,
  name: string,
): Partial<Record<ActionKind, readonly string[]>> {
  const lists: Partial<Record<ActionKind, readonly string[]>> = {}
  for (const [key, list] of Object.entries(table)) {
    const kind = actionKinds.find((one) => one === key)
    if (!kind) throw unauthorized(`${name} has the key "${key.slice(0, 64)}"; allowed: ${actionKinds.join(', ')}`)
    lists[kind] = rulesOf(list, `"${kind}" of ${name}`)
  }
  return lists
}

function rulesOf(list: unknown, name: string): readonly string[] {
  if (!Array.isArray(list)) throw unauthorized(`${name} is not a list of subject patterns`)
  return list.map((rule: unknown) => {
    const fault = typeof rule === 'string' ? faultOfRule(rule) : 'it is not a text'
    if (typeof rule !== 'string' || fault !== undefined) throw unauthorized(`a rule in ${name} is not valid: ${fault}`)
    return rule
  })
}

function tableOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unauthorized(`${name} is not a table`)
  return value as Readonly<Record<string, unknown>>
}
