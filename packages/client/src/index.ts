/** Subscribe, publish and request over any broker, from the browser. @module */

export {
  type ActionKind,
  type BrokerInfo,
  type Codec,
  type ErrorCode,
  type Headers,
  type HeadersInput,
  type JsonValue,
  jsonCodec,
  type Params,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol/client'
export type { ErrorStage, OnError, ReportError } from './app/report-error.js'
export { type Client, createClient } from './client.js'
export type { ClientCore } from './client-core.js'
export type { Status } from './connection/status.js'
export type { TokenFunction, TokenReason, TokenSource } from './connection/token-source.js'
export type { ContractClient } from './contract/contract-client.js'
export type { ContractScope, DataArguments } from './contract/contract-scope.js'
export type { Message, MessageParams, RespondOptions } from './messages/message.js'
export type { ClientOptions } from './options.js'
export type { ClientPart, ConnectionView, PartPorts, Reach } from './part.js'
export type { PublicationState, PublishOutcome } from './publishing/outcome.js'
export type { Publication } from './publishing/publication.js'
export type { PublishContent, ReportState, SendPublish } from './publishing/publish.js'
export type { Handler } from './requests/serve.js'
export type {
  CanOptions,
  PublishOptions,
  RequestOptions,
  Scope,
  ServeOptions,
  SubscribeOptions,
} from './scope.js'
export type { PolicyOptions } from './subscriptions/policy.js'
export type { Subscription } from './subscriptions/subscription.js'
export type {
  CaughtUp,
  Completeness,
  Continuity,
  Gap,
  SubscriptionEvents,
  SubscriptionStatus,
} from './subscriptions/subscription-events.js'
export { type ClientClock, platformClock, type Undo } from './time/clock.js'
export type {
  OpenTransport,
  Transport,
  TransportEvents,
  TransportKind,
  TransportSettings,
  WebSocketConstructor,
  WebSocketLike,
} from './transports/transport.js'
export { websocketTransport } from './transports/websocket.js'
