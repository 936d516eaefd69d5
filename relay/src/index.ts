/** The Wildcast relay as a library: `npx wildcast gateway` does the same from the command line. @module */

// Brokers
export type {
  Broker,
  BrokerEvents,
  Feature,
  Features,
  Interest,
  OpenBroker,
  RequestOptions,
} from './brokers/broker.js'
export { memory } from './brokers/memory.js'

// The relay itself, without a runtime
export { type Clock, realClock } from './core/clock.js'
export type { SessionLimits } from './core/limits.js'
export type { Encoder, OnError, Outlet } from './core/outlet.js'
export { type Action, allowAll, type Permissions } from './core/permissions.js'
export { createRelay, type Relay, type RelayOptions } from './core/relay.js'
export type { Ask, Publish, Session, Subscribe, Subscription } from './core/session.js'

// Doors
export type { Gateway, Handshake, Ports } from './gateways/gateway.js'
export { http } from './gateways/http.js'
export type { Form } from './gateways/http-envelope.js'
export { type HttpRequestOptions, httpRequest } from './gateways/http-request.js'
export type { Mode } from './gateways/websocket/encoders.js'
export { type WebSocketOptions, websocket } from './gateways/websocket.js'

// Node
export { newId } from './node/new-id.js'
export { type ServeOptions, type Serving, serve } from './node/serve.js'
