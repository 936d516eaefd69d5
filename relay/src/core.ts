/**
 * The relay without Node: a broker in memory, and clients in the same process. It runs in tests, in
 * browsers and in other runtimes.
 * @module
 */

export { memory } from './brokers/memory.js'
export type { Authorize, Decision } from './core/access/access.js'
export { type Action, Grants, type RuleSource, type Verdict } from './core/access/grants.js'
export { type Authenticate, type Credentials, everything, type Identity } from './core/access/identity.js'
export { actionKinds, faultOfRule, type RuleSet, type RuleValues } from './core/access/rules.js'
export type {
  Broker,
  BrokerEvents,
  BrokerRequestOptions,
  Dropped,
  Feature,
  Features,
  Interest,
  Listener,
  OpenBroker,
  Settle,
} from './core/broker.js'
export type { CancelSignal } from './core/cancel.js'
export { type Clock, realClock } from './core/clock.js'
export type { FromBrokers, RelayContract, Undeclared } from './core/contract/relay-contract.js'
export type { HistoryRule } from './core/history-rules.js'
export type { HistoryStore } from './core/history-store.js'
export { defaultLimits, type Limits, type SessionLimits } from './core/limits.js'
export type { NamespaceOptions } from './core/namespaces/namespace.js'
export type { NamespacesOptions } from './core/namespaces/namespaces.js'
export type { OnFailure } from './core/outlet.js'
export { createRelay, type Relay, type RelayFacts, type RelayOptions, type RelayView } from './core/relay.js'
export type { Soon, ValueStore } from './core/store.js'
export type {
  InMemorySocket,
  InMemorySocketEvent,
  InMemorySocketEventType,
} from './gateways/connections/in-memory-socket.js'
export {
  type InMemoryEndpoint,
  type InMemoryHandshake,
  type InMemoryWebSocket,
  inMemory,
} from './gateways/endpoints/in-memory.js'
export { memoryStore } from './stores/memory/memory-store.js'
