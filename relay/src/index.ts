/**
 * The Wildcast relay as a library: `npx wildcast gateway` does the same from the command line.
 * @module
 */

export { type Authenticator, type AuthenticatorPorts, openAuthenticator } from './auth/authenticator.js'
// Authentication
export type { AuthenticateHook, HookCredentials, HookIdentity } from './auth/hook.js'
export type { Person } from './auth/identities.js'
export type { AuthSettings, JwtSettings, KeySettings, UserSettings } from './auth/settings.js'
export type { ForeignPorts } from './brokers/foreign/foreign-broker.js'
export { memory } from './brokers/memory.js'
export { mqtt } from './brokers/mqtt.js'
export { nats } from './brokers/nats.js'
export { redis } from './brokers/redis.js'
export type {
  BrokerSettings,
  MqttSettings,
  NatsAuth,
  NatsSettings,
  RedisSettings,
  TlsSettings,
} from './brokers/settings.js'
// Components
export {
  type Component,
  type ComponentContext,
  type ComponentResult,
  defineComponent,
  type Output,
  type Trigger,
} from './components/component.js'
export { type HttpHandler, jsonHttp, msgpackHttp } from './components/http.js'
export {
  type ComponentOptions,
  type ComponentPorts,
  type Components,
  openComponents,
} from './components/open-components.js'
export type { Authorize, Decision } from './core/access/access.js'
export { type Action, Grants, type RuleSource, type Verdict } from './core/access/grants.js'
export { type Authenticate, type Credentials, everything, type Identity } from './core/access/identity.js'
export type { RuleSet, RuleValues } from './core/access/rules.js'
// The relay, without a runtime
export type { Bridge } from './core/bridge.js'
// Brokers
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
export type { Ask, PublishCommand, Subscribe } from './core/commands.js'
export type { FromBrokers, RelayContract, Undeclared } from './core/contract/relay-contract.js'
export type { BrokerHealth } from './core/hub.js'
export type { Limits, SessionLimits } from './core/limits.js'
export type { NamespaceOptions } from './core/namespaces/namespace.js'
export type { NamespacesOptions } from './core/namespaces/namespaces.js'
export { nobody, type Observer } from './core/observer.js'
export type { Outbox } from './core/outbox.js'
export type { OutboxEnds, OutboxOwner } from './core/outbox-ports.js'
export type { Encoder, FeedFacts, OnFailure, Outlet, Parcel, StreamEncoder } from './core/outlet.js'
export type { Part } from './core/part.js'
export { createRelay, type Relay, type RelayFacts, type RelayOptions, type RelayView } from './core/relay.js'
export type { Session } from './core/session.js'
export type { ResumableSession, Sessions } from './core/sessions.js'
export type { ClientSubscription } from './core/subscription.js'
export type { Wire } from './core/wire.js'
export type { Mode } from './gateways/dialects/classic/encoders.js'
// Gateways
export { type CrossOriginOptions, crossOrigin } from './gateways/endpoints/cross-origin.js'
export { health } from './gateways/endpoints/health.js'
export { type HistoryEndpointOptions, historyEndpoint } from './gateways/endpoints/history.js'
export { http } from './gateways/endpoints/http.js'
export type { EnvelopeForm } from './gateways/endpoints/http-envelope.js'
export { type HttpRequestOptions, httpRequest } from './gateways/endpoints/http-request.js'
export type { InMemoryHandshake } from './gateways/endpoints/in-memory.js'
export { serverSentEvents } from './gateways/endpoints/server-sent-events.js'
export { streamEndpoint } from './gateways/endpoints/stream.js'
export { type TicketsOptions, tickets } from './gateways/endpoints/tickets.js'
export { valueEndpoint } from './gateways/endpoints/value.js'
export { type WebSocketOptions, websocket } from './gateways/endpoints/websocket.js'
export type { Gateway, Handshake, Ports } from './gateways/gateway.js'

// Node
export { type Attached, type AttachOptions, attach } from './node/attach.js'
export { type ConnectOptions, type InProcess, inProcess } from './node/connect.js'
export type { HostServer } from './node/guest.js'
export type { UpgradingServer } from './node/handshakes.js'
export { type Metrics, metrics } from './node/metrics.js'
export { newId } from './node/new-id.js'
export {
  type Endpoint,
  type Guest,
  type ServeAllOptions,
  type ServingAll,
  serveAll,
} from './node/serve.js'
export { type RelayServer, type RelayServerOptions, serveRelay } from './node/serve-relay.js'
