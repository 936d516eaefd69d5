/** Subscribe, publish and request over any broker, from the browser. @module */

export {
  type BrokerInfo,
  type Codec,
  type ErrorCode,
  type Headers,
  jsonCodec,
  type Params,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol/client'
export { type Client, createClient } from './client.js'
export { type Clock, realClock, type Undo } from './clock.js'
export type { Status } from './connection.js'
export type { Message, RespondOptions } from './message.js'
export type { ClientOptions, ErrorStage, OnError } from './options.js'
export type { PublishOutcome } from './outcome.js'
export type { PolicyOptions } from './policy.js'
export type {
  PublishOptions,
  RequestOptions,
  Scope,
  ServeOptions,
  SubscribeOptions,
} from './scope.js'
export type { Handler } from './serve.js'
export type { Subscription } from './subscription.js'
export type { Gap, SubscriptionEvents, SubscriptionStatus } from './subscription-events.js'
export type { HeadersInput } from './to-headers.js'
export type {
  OpenTransport,
  Transport,
  TransportEvents,
  TransportKind,
  TransportSettings,
  WebSocketConstructor,
  WebSocketLike,
} from './transports/transport.js'
