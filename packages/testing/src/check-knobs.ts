import { defaultLimits } from '@wildcast/relay/core'
import type { TestRelayOptions } from './test-relay.js'

const options = ['brokers', 'history', 'contract', 'auth', 'limits', 'clock', 'onError'] as const
const ruleNames = ['subjects', 'messages', 'ageMs'] as const

/**
 * Checks the options of a test relay, which is also used from JavaScript.
 * @throws {TypeError} for an option that it does not know
 * @throws {RangeError} for a number below 0, and for anything else in its place
 */
export function checkOptions(given: TestRelayOptions): void {
  demandKnown('createTestRelay', given, options)
  const { limits = {}, history = [] } = given
  demandKnown('limits', limits, Object.keys(defaultLimits))
  for (const [name, value] of Object.entries(limits)) if (value !== undefined) demandSpan(`limits.${name}`, value, most)
  for (const rule of history) {
    demandKnown('history', rule, ruleNames)
    if (!(Number.isInteger(rule.messages) && rule.messages > 0))
      throw new RangeError(`history has a number of messages from 1, not ${rule.messages}`)
    if (rule.ageMs !== undefined) demandSpan('the ageMs of history', rule.ageMs, most)
  }
}

/** A limit may be endless. */
const most = Number.POSITIVE_INFINITY

/** @throws {TypeError} if an object has another key: it may be misspelled */
export function demandKnown(what: string, given: object, known: readonly string[]): void {
  const other = Object.keys(given).find((key) => !known.includes(key))
  if (other !== undefined) throw new TypeError(`${what} has no "${other}": it has ${known.join(', ')}`)
}

/** @throws {RangeError} unless it is a number from 0 to `most` */
export function demandSpan(what: string, value: unknown, largest: number = Number.MAX_VALUE): void {
  if (!(typeof value === 'number' && value >= 0 && value <= largest))
    throw new RangeError(`${what} is a number from 0, not ${value}`)
}
