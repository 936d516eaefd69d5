import type { PingFrame, PongFrame, ReceivedFrame } from './client-frame.js'
import type { Failure, Headers, Payload } from './message.js'
import type { WelcomeFrame } from './welcome-frame.js'

/** Delivers a message of a subscription. */
export interface MessageFrame {
  readonly kind: 'Message'
  /** The id of the subscription. Absent for a value of a `snapshot`. */
  readonly id?: number | undefined
  readonly subject: string
  readonly message: Payload
  readonly broker: string
  readonly response_subject?: string | undefined
  readonly headers?: Headers | undefined
  /** The number of the value that this message is. */
  readonly revision?: string | undefined
  /** The value was deleted. */
  readonly deleted?: true | undefined
  /** The user who wrote the value. */
  readonly user?: string | undefined
  /** The `Subscribe` that asked for a value, or a kept message, which was there before. */
  readonly ref?: number | undefined
  /** Whether this is such a value or, without `ref`, a value that has no `revision`. */
  readonly retained?: true | undefined
  /** The number of a message that the broker keeps in its history. */
  readonly position?: string | undefined
  /** Whether this is a kept message, which `ref` asked for. */
  readonly replayed?: true | undefined
  /** A value no longer matches the filter; the payload is empty. */
  readonly left?: true | undefined
}
/** The broker has confirmed a subscription. */
export interface SubscribedFrame {
  readonly kind: 'Subscribed'
  readonly ref?: number | undefined
  /** Absent for a `snapshot`. */
  readonly id?: number | undefined
  /** The pattern in its normal form. */
  readonly subject: string
  /** The newest number of the history, if messages of the pattern are kept. */
  readonly position?: string | undefined
  /** Answers `after`: whether no kept message after it can be missing. */
  readonly recovered?: boolean | undefined
  /** Whether every message of the pattern is kept. Otherwise those of some subjects are not. */
  readonly whole?: true | undefined
}
/** All values, or kept messages, that a `Subscribe` asked for have been sent. */
export interface SyncedFrame {
  readonly kind: 'Synced'
  readonly ref: number
  /** Absent for a `snapshot`. */
  readonly id?: number | undefined
}
/** The will of a publish was written, or may have been. */
export interface LostFrame {
  readonly kind: 'Lost'
  /** The `ref` of that publish. */
  readonly ref: number
  readonly subject: string
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
/** A publish is accepted or a value written, a token is accepted, or `CanI` is answered. */
export interface AckFrame {
  readonly kind: 'Ack'
  readonly ref: number
  /** Answers `CanI`. */
  readonly allowed?: boolean | undefined
  /** Why an action is not allowed, if the relay explains it. */
  readonly why?: string | undefined
  /** The number of the value that was written. */
  readonly revision?: string | undefined
  /** The number of the message in the history, if it is kept. */
  readonly position?: string | undefined
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
  /** With `condition_failed`: the number of the present value, if there is one. */
  readonly revision?: string | undefined
}
/** Messages of a subscription were lost. Comes before the first message after the loss. */
export interface GapFrame {
  readonly kind: 'Gap'
  readonly id: number
  /** The loss continues, since the link to the broker is lost: another gap ends it. */
  readonly open?: true | undefined
  /** The number of lost messages, if known. */
  readonly missed?: number | undefined
  /** The `Subscribe` that asked for kept messages which are gone. Others have lost nothing. */
  readonly ref?: number | undefined
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
  | LostFrame
  | UnsubscribedFrame
  | AckFrame
  | ResponseFrame
  | ErrorFrame
  | GapFrame
  | GoingAwayFrame
  | ReceivedFrame
  | PingFrame
  | PongFrame
