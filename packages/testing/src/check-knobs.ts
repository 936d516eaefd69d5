import { actionKinds, defaultLimits } from '@wildcast/relay/core'
import type { TestContract, TestRelayOptions } from './test-relay.js'
import type { TestAuth } from './test-tokens.js'

const options = ['brokers', 'history', 'contract', 'auth', 'limits', 'clock', 'onError'] as const
const ruleNames = ['subjects', 'messages', 'ageMs'] as const
const rules = [...actionKinds, 'deny']
const identity = ['user', 'role', 'claims', 'expiresInMs', ...rules]

/**
 * Checks the options of a test relay, which is also used from JavaScript.
 * @throws {TypeError} for an option that it does not know
 * @throws {RangeError} for a number below 0, and for anything else in its place
 */
export function checkOptions(given: TestRelayOptions): void {
  demandKnown('createTestRelay', given, options)
  const { limits = {}, history = [], brokers = ['main'], auth, contract } = given
  demandList('brokers', brokers, "['main', 'audit']")
  demandList('history', history, "[{ subjects: 'room.**', messages: 100 }]")
  if (brokers.length === 0) throw new RangeError("brokers has at least one name, such as ['main']")
  if (contract) demandContract(contract)
  if (auth) checkAuth(auth)
  demandKnown('limits', limits, Object.keys(defaultLimits))
  for (const [name, value] of Object.entries(limits)) if (value !== undefined) demandSpan(`limits.${name}`, value, most)
  for (const rule of history) {
    demandKnown('history', rule, ruleNames)
    if (!(Number.isInteger(rule.messages) && rule.messages > 0))
      throw new RangeError(`history has a number of messages from 1, not ${rule.messages}`)
    if (rule.ageMs !== undefined) demandSpan('the ageMs of history', rule.ageMs, most)
  }
}

/** A misspelled list of rules would allow nothing, and deny nothing. */
function checkAuth(auth: TestAuth): void {
  demandKnown('auth', auth, ['tokens', 'anonymous'])
  const { tokens = {}, anonymous = {} } = auth
  demandKnown('anonymous', anonymous, rules)
  demandKnown('deny', anonymous.deny ?? {}, actionKinds)
  for (const [token, one] of Object.entries(tokens)) {
    demandKnown(`the token "${token}"`, one, identity)
    demandKnown('deny', one.deny ?? {}, actionKinds)
  }
}

function demandContract(given: NonNullable<TestRelayOptions['contract']>): void {
  const contract: Partial<TestContract> = 'contract' in given ? given.contract : given
  if (typeof contract.guard !== 'function') throw new TypeError('contract is what defineContract returns')
}

function demandList(what: string, given: unknown, example: string): void {
  if (!Array.isArray(given)) throw new TypeError(`${what} is a list, such as ${example}`)
}

/** @throws {TypeError} if it is no action of clients */
export function demandAction(given: unknown): void {
  if (!actionKinds.some((kind) => kind === given))
    throw new TypeError(`there is no action "${given}": there are ${actionKinds.join(', ')}`)
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
