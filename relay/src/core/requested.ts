import type { Pattern } from '@wildcast/protocol'

/** Returns the subject from which a gateway has derived `request.<ULID>.<subject>`. */
export function requested(derived: Pattern): Pattern {
  return derived.split('.').slice(2).join('.') as Pattern
}
