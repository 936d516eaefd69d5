import type { JsonValue } from './json.js'
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
  /** Also sends the values of the pattern, then `Synced`. Needs `ref`. */
  readonly retained?: boolean | undefined
  /**
   * Sends only the values of the pattern, or with `after`, `before`, `last` or `limit` a page of
   * its history: the subscription has no id. Needs `ref`.
   */
  readonly snapshot?: boolean | undefined
  /**
   * Also sends the kept messages after this position, then `Synced`; `start` is before all. Needs
   * `ref`.
   */
  readonly after?: string | undefined
  /** Also sends the newest kept messages, this many, then `Synced`. Needs `ref`. */
  readonly last?: number | undefined
  /** Of a page: sends the newest messages before this position. */
  readonly before?: string | undefined
  /** Of a page: the highest number of messages. */
  readonly limit?: number | undefined
  /** Only messages whose payload contains this JSON. */
  readonly filter?: JsonValue | undefined
  /** Sends the number of members, instead of the members, of a pattern of presence. */
  readonly count?: boolean | undefined
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
  /** The message becomes the value of its subject; an empty one deletes the value. */
  readonly retain?: boolean | undefined
  /** Writes only if the value contains this JSON; with `null`, only if there is no value. */
  readonly when?: JsonValue | undefined
  /** Writes only if the value has this revision. */
  readonly when_revision?: string | undefined
  /** Waits until the condition holds, instead of being refused. */
  readonly watch?: boolean | undefined
  /** The longest wait in milliseconds. */
  readonly watch_timeout?: number | undefined
  /**
   * The value that replaces this one when the session ends; `null` deletes it. In JSON, bytes are
   * an array of numbers.
   */
  readonly will?: Payload | readonly number[] | null | undefined
  /** Milliseconds without a sign of life after which the will is written. */
  readonly will_after?: number | undefined
  /** Milliseconds after which the value expires. */
  readonly ttl?: number | undefined
  readonly reserved?: readonly string[] | undefined
}
/** Enters the presence of a subject, or changes what the others see of a member. */
export interface EnterFrame {
  readonly kind: 'Enter'
  readonly ref: number
  readonly subject: string
  readonly broker?: string | undefined
  /** Names this client among those of its user. */
  readonly member: string
  /** The part of the member that others see; without it, an empty object. */
  readonly message: Payload
}
/** Leaves the presence of a subject. */
export interface LeaveFrame {
  readonly kind: 'Leave'
  readonly ref: number
  readonly subject: string
  readonly broker?: string | undefined
  readonly member: string
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
/** Cancels a pending request, or a publish that waits for its condition. */
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
  | EnterFrame
  | LeaveFrame
  | RequestFrame
  | CancelFrame
  | AuthenticateFrame
  | CanIFrame
  | ReceivedFrame
  | PingFrame
  | PongFrame
