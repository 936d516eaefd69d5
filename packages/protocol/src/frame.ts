import type { Failure, Headers, Payload } from './message.js'

/** How a subscription's messages are delivered to a reader that is slower than they come. */
export interface DeliveryPolicy {
  readonly deliver?: 'all' | 'latest' | undefined
  /** Messages a second at most. */
  readonly max_rate?: number | undefined
}

export interface ConnectFrame {
  readonly kind: 'Connect'
  readonly token?: string | undefined
  readonly session?: string | undefined
  readonly received?: number | undefined
  /** Name and version of the client, for the relay's log. */
  readonly client?: string | undefined
  /**
   * Bytes of a WebSocket message with several frames that the client takes. Without it, each
   * message has one.
   */
  readonly batch?: number | undefined
  /** Several clients share the session, which outlives the page of the one that is connected. */
  readonly shared?: boolean | undefined
}
export interface SubscribeFrame {
  readonly kind: 'Subscribe'
  readonly ref?: number | undefined
  readonly subject: string
  readonly broker?: string | undefined
  readonly group?: string | undefined
  readonly serve?: boolean | undefined
  readonly policy?: DeliveryPolicy | undefined
  /** Reserved fields that the sender used: what can't be done is refused, never ignored. */
  readonly reserved?: readonly string[] | undefined
}
export interface UnsubscribeFrame {
  readonly kind: 'Unsubscribe'
  readonly ref?: number | undefined
  readonly id: number
  /**
   * How many messages of the subscription the client has handled. In a group, others get the rest.
   */
  readonly handled?: number | undefined
}
export interface PublishFrame {
  readonly kind: 'Publish'
  readonly ref?: number | undefined
  readonly subject: string
  readonly message: Payload
  readonly broker?: string | undefined
  readonly response_subject?: string | undefined
  readonly headers?: Headers | undefined
  /** Allows a pattern as the subject, where the broker can do it. */
  readonly wildcard?: boolean | undefined
  readonly more?: boolean | undefined
  readonly error?: Failure | undefined
  /** A publish that is sent again under its key is done once. */
  readonly key?: string | undefined
  readonly reserved?: readonly string[] | undefined
}
export interface RequestFrame {
  readonly kind: 'Request'
  readonly ref: number
  readonly subject: string
  readonly message: Payload
  readonly broker?: string | undefined
  /** Milliseconds. */
  readonly timeout?: number | undefined
  readonly headers?: Headers | undefined
}
export interface CancelFrame {
  readonly kind: 'Cancel'
  readonly ref: number
}
export interface AuthenticateFrame {
  readonly kind: 'Authenticate'
  readonly ref: number
  readonly token: string
}
/** How many of the peer's frames have been handled. */
export interface ReceivedFrame {
  readonly kind: 'Received'
  readonly count: number
}
export interface PingFrame {
  readonly kind: 'Ping'
}
export interface PongFrame {
  readonly kind: 'Pong'
}

/** Everything a client may say. */
export type ClientFrame =
  | ConnectFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | PublishFrame
  | RequestFrame
  | CancelFrame
  | AuthenticateFrame
  | ReceivedFrame
  | PingFrame
  | PongFrame

/** What one broker of the relay is called, whether it is reached, and what it can do. */
export interface BrokerInfo {
  readonly name: string
  readonly default: boolean
  readonly status: 'up' | 'down'
  readonly features: readonly string[]
}

export interface WelcomeFrame {
  readonly kind: 'Welcome'
  /** The key of the session: only its client knows it. */
  readonly session: string
  /** The public name of the session. */
  readonly name?: string | undefined
  readonly resumed: boolean
  readonly received: number
  readonly user?: string | undefined
  readonly relay: string
  readonly brokers: readonly BrokerInfo[]
  /** `resume_bytes: 0` says that nothing is kept after a drop. */
  readonly limits: {
    /** Bytes of a payload, with its headers and error. */
    readonly payload: number
    readonly subscriptions: number
    /** Bytes of frames that the relay keeps until the client has confirmed them. */
    readonly resume_bytes: number
    /** How long the session waits for a client that is away, in milliseconds. */
    readonly resume_ms?: number | undefined
    /** Headers of a message. */
    readonly headers: number
    /** UTF-8 bytes of all header names and values of a message, and of its error. */
    readonly header_bytes: number
    /**
     * Bytes of a WebSocket message with several frames, both ways, if the client has asked for
     * batches.
     */
    readonly batch?: number | undefined
  }
  /** Milliseconds of silence after which the relay sends `Ping`. */
  readonly ping: number
  /** The relay's clock, milliseconds since 1970. */
  readonly time: number
}
export interface MessageFrame {
  readonly kind: 'Message'
  /** The subscription that it belongs to. */
  readonly id: number
  readonly subject: string
  readonly message: Payload
  readonly broker: string
  readonly response_subject?: string | undefined
  readonly headers?: Headers | undefined
}
export interface SubscribedFrame {
  readonly kind: 'Subscribed'
  readonly ref?: number | undefined
  readonly id: number
  /** The pattern in its normal form. */
  readonly subject: string
}
export interface SyncedFrame {
  readonly kind: 'Synced'
  readonly id: number
}
export interface UnsubscribedFrame {
  readonly kind: 'Unsubscribed'
  readonly ref?: number | undefined
  readonly id: number
  readonly error?: Failure | undefined
}
export interface AckFrame {
  readonly kind: 'Ack'
  readonly ref: number
}
export interface ResponseFrame {
  readonly kind: 'Response'
  readonly ref: number
  readonly message: Payload
  readonly more?: boolean | undefined
}
export interface ErrorFrame {
  readonly kind: 'Error'
  readonly ref?: number | undefined
  readonly id?: number | undefined
  readonly code: string
  readonly message: string
  readonly retry: boolean
  /** Milliseconds. */
  readonly retry_in?: number | undefined
}
export interface GapFrame {
  readonly kind: 'Gap'
  readonly id: number
  readonly missed?: number | undefined
}
export interface GoingAwayFrame {
  readonly kind: 'GoingAway'
  /** Milliseconds, from and to: the client picks a random moment between. */
  readonly reconnect_in: readonly [number, number]
}

/** Everything a relay may say. */
export type RelayFrame =
  | WelcomeFrame
  | MessageFrame
  | SubscribedFrame
  | SyncedFrame
  | UnsubscribedFrame
  | AckFrame
  | ResponseFrame
  | ErrorFrame
  | GapFrame
  | GoingAwayFrame
  | ReceivedFrame
  | PingFrame
  | PongFrame

export type Frame = ClientFrame | RelayFrame
