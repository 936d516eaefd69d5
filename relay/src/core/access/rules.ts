import { type ActionKind, isPattern, type Pattern, parsePattern, segmentOf } from '@wildcast/protocol'

/** The actions of clients on subjects. */
export const actionKinds: readonly ActionKind[] = ['publish', 'subscribe', 'request', 'serve', 'presence']

/**
 * Rules by the action they are for, each `[broker:]pattern`, such as `main:room.{user}.*`. Without
 * a broker a rule holds on every broker. `{user}` is the name of the user, `{claim.name}` a claim,
 * each as one segment. A denial is stronger than any permission.
 */
export interface RuleSet extends Partial<Readonly<Record<ActionKind, readonly string[]>>> {
  readonly deny?: Partial<Readonly<Record<ActionKind, readonly string[]>>> | undefined
}

/** A rule for one identity. */
export interface Rule {
  /** As it was written. */
  readonly text: string
  /** Absent: every broker. */
  readonly broker: string | undefined
  readonly pattern: Pattern
}

/** Values of the placeholders of a rule. */
export interface RuleValues {
  readonly user?: string | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

const placeholder = /\{([^{}]*)\}/g

/**
 * Returns why a rule is invalid, in a sentence that begins with "it"; undefined if it is valid.
 * @param brokers - the names of the brokers, if they are known
 */
export function faultOfRule(text: string, brokers?: readonly string[]): string | undefined {
  const { broker, pattern } = split(text)
  if (broker !== undefined && broker !== '*' && brokers && !brokers.includes(broker))
    return `it names the broker "${broker}"; there are: ${brokers.join(', ')}; a subject with a colon is "*:${text}"`
  for (const [whole, name = ''] of pattern.matchAll(placeholder))
    if (name !== 'user' && !/^claim\.[^.]+$/.test(name)) return `it has ${whole}; allowed: {user} and {claim.name}`
  const [tried] = [pattern.replace(placeholder, 'x')]
  if (pattern.split('.').some((segment) => /^.+\{|\}.+$/.test(segment)))
    return 'it has a placeholder that is part of a segment; a placeholder stands alone between dots'
  if (!isPattern(tried)) return 'it is not a valid subject pattern, such as "room.*" or "main:room.{user}.**"'
  return undefined
}

/** Returns the rule for an identity. Undefined if a placeholder has no value. */
export function ruleFor(text: string, values: RuleValues): Rule | undefined {
  const { broker, pattern } = split(text)
  let isWhole = true
  const filled = pattern.replace(placeholder, (_, name: string) => {
    const segment = segmentFor(name, values)
    isWhole &&= segment !== undefined
    return segment ?? '*'
  })
  if (!isWhole) return undefined
  return { text, broker: broker === '*' ? undefined : broker, pattern: parsePattern(filled) }
}

/**
 * Returns the denial for an identity. A placeholder without a value denies every value, so that a
 * token without a claim gains nothing.
 */
export function denialFor(text: string, values: RuleValues): Rule {
  const { broker, pattern } = split(text)
  const filled = pattern.replace(placeholder, (_, name: string) => segmentFor(name, values) ?? '*')
  return { text, broker: broker === '*' ? undefined : broker, pattern: parsePattern(filled) }
}

/** A value that the placeholder of a rule needs, and how a client gets it. */
export interface ValueFault {
  readonly missing: string
  readonly remedy: string
}

/** Returns what the first placeholder without a value needs. Call it if `ruleFor` returns none. */
export function missingValue(text: string, values: RuleValues): ValueFault {
  const names = [...split(text).pattern.matchAll(placeholder)].map(([, name = '']) => name)
  const name = names.find((one) => segmentFor(one, values) === undefined) ?? 'user'
  if (name === 'user') return { missing: 'user name', remedy: 'sign in as a user' }
  const claim = name.slice('claim.'.length)
  return {
    missing: `claim "${claim}" that is text or a whole number`,
    remedy: `add it to the token (with can-i: --claim ${claim}=…)`,
  }
}

function segmentFor(name: string, { user, claims }: RuleValues): string | undefined {
  const claim = name.slice('claim.'.length)
  const value = name === 'user' ? user : claims && Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (typeof value === 'string') return segmentOf(value)
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

function split(text: string): { readonly broker: string | undefined; readonly pattern: string } {
  const colon = text.indexOf(':')
  if (colon < 0) return { broker: undefined, pattern: text }
  return { broker: text.slice(0, colon), pattern: text.slice(colon + 1) }
}
