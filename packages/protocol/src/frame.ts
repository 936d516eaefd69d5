import type { Failure, Headers, Payload } from './message.js'

/** How messages are delivered to a subscriber that is slower than they arrive. */
export interface DeliveryPolicy {
  /** `latest`: the newest message of each subject while the client is behind. Default: `all`. */
  readonly deliver?: 'all' | 'latest' | undefined
  /** Highest number of messages per second. Implies `latest`. */
  readonly max_rate?: number | undefined
}

/** Opens a session or resumes one. Optional; only valid as the first frame. */
export interface ConnectFrame {
  readonly kind: 'Connect'
  readonly token?: string | undefined
  /** The key of the session to resume. */
  readonly session?: string | undefined
  /** How many frames of that session the client has handled. */
  readonly received?: number | undefined
  /** Name and version of the client, for the relay's log. */
  readonly client?: string | undefined
  /** Bytes of a message with several frames that the client accepts. Default: one frame each. */
  readonly batch?: number | undefined
  /** Several clients share the session, so that it outlives the page of the connected one. */
  readonly shared?: boolean | undefined
}
/** Subscribes to a pattern, or serves a subject. */
export interface SubscribeFrame {
  readonly kind: 'Subscribe'
  readonly ref?: number | undefined
  readonly subject: string
  readonly broker?: string | undefined
  /** Each message goes to one member of the group. */
  readonly group?: string | undefined
  /** Answers the requests to the subject. */
  readonly serve?: boolean | undefined
  readonly policy?: DeliveryPolicy | undefined
  /** Reserved fields that the client used: a relay refuses them instead of ignoring them. */
  readonly reserved?: readonly string[] | undefined
}
/** Ends a subscription. */
export interface UnsubscribeFrame {
  readonly kind: 'Unsubscribe'
  readonly ref?: number | undefined
  readonly id: number
  /** How many messages of the subscription the client has handled. Other members get the rest. */
  readonly handled?: number | undefined
}
/** Publishes a message. With `ref`, an `Ack` answers it. */
export interface PublishFrame {
  readonly kind: 'Publish'
  readonly ref?: number | undefined
  readonly subject: string
  readonly message: Payload
  readonly broker?: string | undefined
  /** The subject on which the publisher awaits an answer. */
  readonly response_subject?: string | undefined
  readonly headers?: Headers | undefined
  /** Allows a pattern as the subject, if the broker supports it. */
  readonly wildcard?: boolean | undefined
  /** On an answer: further answers to the same request follow. */
  readonly more?: boolean | undefined
  /** On an answer: the request is refused. */
  readonly error?: Failure | undefined
  /** A publish that is sent again with the same key has an effect once. */
  readonly key?: string | undefined
  readonly reserved?: readonly string[] | undefined
}
/** Sends a request to the responder of a subject. */
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
/** Cancels a pending request. */
export interface CancelFrame {
  readonly kind: 'Cancel'
  readonly ref: number
}
/** Replaces the token of the connection. */
export interface AuthenticateFrame {
  readonly kind: 'Authenticate'
  readonly ref: number
  readonly token: string
}
/** The actions that permissions are for. */
export type ActionKind = 'publish' | 'subscribe' | 'request' | 'serve' | 'presence'

/** Asks whether the session may do something now. */
export interface CanIFrame {
  readonly kind: 'CanI'
  readonly ref: number
  readonly action: ActionKind
  readonly subject: string
  readonly broker?: string | undefined
}
/** Acknowledges frames of the peer: how many have been handled since the session began. */
export interface ReceivedFrame {
  readonly kind: 'Received'
  readonly count: number
}
/** Requests a `Pong`, to check the connection. */
export interface PingFrame {
  readonly kind: 'Ping'
}
/** Answers a `Ping`. */
export interface PongFrame {
  readonly kind: 'Pong'
}

/** Any frame that a client sends. */
export type ClientFrame =
  | ConnectFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | PublishFrame
  | RequestFrame
  | CancelFrame
  | AuthenticateFrame
  | CanIFrame
  | ReceivedFrame
  | PingFrame
  | PongFrame

/** A broker of the relay: its name, the state of its connection, and its features. */
export interface BrokerInfo {
  readonly name: string
  readonly default: boolean
  readonly status: 'up' | 'down'
  readonly features: readonly string[]
}

/** Answers `Connect`. */
export interface WelcomeFrame {
  readonly kind: 'Welcome'
  /** The key with which its client can resume the session. It is secret. */
  readonly session: string
  /** The public name of the session. */
  readonly name?: string | undefined
  /** Whether the session that `Connect` named continues. */
  readonly resumed: boolean
  /** How many frames of the client the relay has received. */
  readonly received: number
  readonly user?: string | undefined
  /** Milliseconds until the session ends, unless the client sends a newer token. */
  readonly expires_in?: number | undefined
  /** The name of the relay, new at each of its starts. */
  readonly relay: string
  readonly brokers: readonly BrokerInfo[]
  readonly limits: {
    /** Bytes of a payload, with its headers and error. */
    readonly payload: number
    /** Bytes of a WebSocket message; a longer one ends the connection. */
    readonly frame?: number | undefined
    readonly subscriptions: number
    /** Requests in flight. */
    readonly requests?: number | undefined
    /** Publishes and requests of this session in a second. */
    readonly publishes?: number | undefined
    /** Bytes of their payloads in a second. */
    readonly publish_bytes?: number | undefined
    /** Publishes and requests of all sessions of the user in a second. */
    readonly user_publishes?: number | undefined
    /** Bytes of their payloads in a second. */
    readonly user_publish_bytes?: number | undefined
    /** New subscriptions in a second. */
    readonly subscribes?: number | undefined
    /** Bytes of messages that wait for a slow reader; later ones are a gap. */
    readonly backlog_bytes?: number | undefined
    /** Bytes of unacknowledged frames that the relay keeps. With 0, no session can be resumed. */
    readonly resume_bytes: number
    /** Milliseconds that the session outlives its connection. */
    readonly resume_ms?: number | undefined
    /** Headers of a message. */
    readonly headers: number
    /** UTF-8 bytes of all header names and values of a message, and of its error. */
    readonly header_bytes: number
    /** Bytes of a message with several frames, in both directions, if the client accepts them. */
    readonly batch?: number | undefined
  }
  /** Milliseconds of silence after which the relay sends `Ping`. */
  readonly ping: number
  /** The relay's clock, milliseconds since 1970. */
  readonly time: number
}
/** Delivers a message of a subscription. */
export interface MessageFrame {
  readonly kind: 'Message'
  /** The id of the subscription. */
  readonly id: number
  readonly subject: string
  readonly message: Payload
  readonly broker: string
  readonly response_subject?: string | undefined
  readonly headers?: Headers | undefined
}
/** The broker has confirmed a subscription. */
export interface SubscribedFrame {
  readonly kind: 'Subscribed'
  readonly ref?: number | undefined
  readonly id: number
  /** The pattern in its normal form. */
  readonly subject: string
}
/** All stored messages of a subscription have been sent. Reserved: no relay sends it yet. */
export interface SyncedFrame {
  readonly kind: 'Synced'
  readonly id: number
}
/** A subscription has ended. */
export interface UnsubscribedFrame {
  readonly kind: 'Unsubscribed'
  /** Absent if the relay ended the subscription. */
  readonly ref?: number | undefined
  readonly id: number
  /** Why the relay ended it. */
  readonly error?: Failure | undefined
}
/** The broker has accepted a publish, a token is accepted, or `CanI` is answered. */
export interface AckFrame {
  readonly kind: 'Ack'
  readonly ref: number
  /** Answers `CanI`. */
  readonly allowed?: boolean | undefined
  /** Why an action is not allowed, if the relay explains it. */
  readonly why?: string | undefined
  /** Answers `Authenticate`: milliseconds until the session ends, as in `Welcome`. */
  readonly expires_in?: number | undefined
}
/** An answer to a request. */
export interface ResponseFrame {
  readonly kind: 'Response'
  readonly ref: number
  readonly message: Payload
  /** Further answers follow. */
  readonly more?: boolean | undefined
}
/** A frame was refused, or its action failed. */
export interface ErrorFrame {
  readonly kind: 'Error'
  /** The `ref` of that frame, if known. */
  readonly ref?: number | undefined
  /** The id of the subscription that it concerns, if known. */
  readonly id?: number | undefined
  /** An `ErrorCode`, or the code of a responder. */
  readonly code: string
  readonly message: string
  /** Whether the same frame may succeed later. */
  readonly retry: boolean
  /** Milliseconds. */
  readonly retry_in?: number | undefined
}
/** Messages of a subscription were lost. Comes before the first message after the loss. */
export interface GapFrame {
  readonly kind: 'Gap'
  readonly id: number
  /** The number of lost messages, if known. */
  readonly missed?: number | undefined
}
/** The relay will stop soon. */
export interface GoingAwayFrame {
  readonly kind: 'GoingAway'
  /** Milliseconds, from and to: the client reconnects at a random time between them. */
  readonly reconnect_in: readonly [number, number]
}

/** Any frame that a relay sends. */
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

/** Any frame of the protocol. */
export type Frame = ClientFrame | RelayFrame
