import type { Subject } from '@wildcast/protocol'
import { natsNameOf } from '../subjects.js'

// Where values are at a NATS server. `$` closes these subjects to clients and to patterns that
// begin with a wildcard.

/** The stream that keeps the newest message of each subject. */
export const valuesStream = 'wildcast-values'
export const valuesSubjects = '$wildcast.values.>'

const valuePrefix = '$wildcast.values.value.'
/** The subjects of all values. */
export const allValues: string = `${valuePrefix}>`

/**
 * The server publishes each message that it has stored here again, in the order of the stream and
 * before it acknowledges it.
 */
export const changePrefix = '$wildcast.changes.'

/** Gets a message when a relay wants to know that all changes before it have been delivered. */
export const markSubject = '$wildcast.values.mark'
/** Holds the term of the next revisions. */
export const termSubject = '$wildcast.values.term'

/** The stream of the leases of relays. */
export const leasesStream = 'wildcast-leases'
export const leasesSubjects = '$wildcast.leases.>'

const leasePrefix = '$wildcast.leases.lease.'
export const allLeases: string = `${leasePrefix}>`
/** Gets a message when a relay asks for the time of the server. */
export const clockSubject = '$wildcast.leases.clock'

/**
 * Returns the subject that holds the value of a subject.
 * @throws {WildcastError} `invalid_subject`, `unsupported` for a pattern
 */
export function valuePlace(subject: Subject): string {
  return valuePrefix + natsNameOf(subject)
}

/** Returns the places of the values of a subscription of NATS. */
export function valuePlaces(natsSubject: string): string {
  return valuePrefix + natsSubject
}

/** Returns the subject of NATS whose value a place holds. */
export function nameOfPlace(place: string): string {
  return place.slice(valuePrefix.length)
}

/** Returns the subject that holds a lease. */
export function leasePlace(lease: string): string {
  return leasePrefix + natsNameOf(lease as Subject)
}
