import { isDerived, type Pattern } from '@wildcast/protocol'

/** Returns the subject from which a gateway has derived `request.<ULID>.<subject>`. */
export function requested(derived: Pattern): Pattern {
  return derived.split('.').slice(2).join('.') as Pattern
}

/** Returns the subject that a requester has named: a request may come under a derived one. */
export function requestedSubject(subject: Pattern): Pattern {
  return isDerived(subject) ? requested(subject) : subject
}
