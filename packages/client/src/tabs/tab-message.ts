import type { ClientFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import type { TransportKind } from '../transports/transport.js'
import type { FrameOwner, LedgerView } from './ledger.js'

/** A frame of a tab that the relay counts, before it has a number in the shared session. */
export interface TabFrame {
  /** Counts the frames of the tab. */
  readonly number: number
  readonly frame: ClientFrame
}

/** What any tab says. */
export type MemberMessage = Extract<
  TabMessage,
  { readonly type: 'hello' | 'bye' | 'post' | 'leave' | 'retry' | 'probe' | 'call' | 'report' }
>
/** What the leader says. */
export type LeaderMessage = Exclude<TabMessage, MemberMessage>

/**
 * What tabs say to each other. `epoch` is the session and the leader that it belongs to: a later
 * one has a greater number.
 */
export type TabMessage =
  /** A tab has come, and wants to know how things stand. */
  | { readonly type: 'hello'; readonly from: number }
  /** A tab has left, or has ended without a word. */
  | { readonly type: 'bye'; readonly from: number }
  /** A frame for the relay. */
  | ({ readonly type: 'post'; readonly epoch: number; readonly from: number } & TabFrame)
  /** A tab has no use for a subscription any more. Ids belong to a session. */
  | { readonly type: 'leave'; readonly session: string; readonly from: number; readonly id: number }
  /** A tab would connect again after the relay's final refusal. */
  | { readonly type: 'retry' }
  /** Is the leader there? */
  | { readonly type: 'probe' }
  /** The leader is. */
  | { readonly type: 'beat' }
  /** There is a new leader, which wants to know what the others have. */
  | { readonly type: 'call'; readonly from: number }
  | { readonly type: 'report'; readonly from: number; readonly report: Report }
  /** The relay can be reached. `received` is the number of its last frame. */
  | {
      readonly type: 'ready'
      readonly epoch: number
      readonly welcome: WelcomeFrame
      readonly kind: TransportKind | undefined
      readonly received: number
      readonly view: LedgerView
    }
  /** The connection is lost, the session is not. */
  | { readonly type: 'away'; readonly code: number; readonly reason: string }
  /** The session is lost. */
  | { readonly type: 'lost'; readonly epoch: number }
  /** The next frame for the relay has this number. Is said before it is sent. */
  | { readonly type: 'order'; readonly epoch: number; readonly number: number; readonly owner: FrameOwner | undefined }
  /** The relay has so many frames. */
  | { readonly type: 'confirmed'; readonly epoch: number; readonly sent: number }
  /** Frames of the relay from a number on. Undefined: it could not be read. */
  | {
      readonly type: 'frames'
      readonly epoch: number
      readonly first: number
      readonly frames: readonly (RelayFrame | undefined)[]
    }

/** What a tab has. */
export interface Report {
  readonly epoch: number
  readonly welcome: WelcomeFrame | undefined
  readonly received: number
  readonly view: LedgerView
  /** The refs of its subscriptions that the relay has not answered. */
  readonly asking: readonly number[]
}
