import type { ClientFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import type { TransportKind } from '../transports/transport.js'
import type { FrameOwner, LedgerView } from './ledger.js'

/** A frame of a tab that counts, before it has a number in the shared session. */
export interface TabFrame {
  /** The number of the frame in its tab. */
  readonly number: number
  readonly frame: ClientFrame
}

/** A message of any tab. */
export type MemberMessage = Extract<
  TabMessage,
  { readonly type: 'hello' | 'bye' | 'post' | 'leave' | 'retry' | 'probe' | 'call' | 'report' }
>
/** A message of the leader. */
export type LeaderMessage = Exclude<TabMessage, MemberMessage>

/**
 * A message between tabs. `epoch` identifies the session and the leader; it increases with each
 * change.
 */
export type TabMessage =
  /** A tab has joined and needs the state of the session. */
  | { readonly type: 'hello'; readonly from: number }
  /** A tab has left or crashed. */
  | { readonly type: 'bye'; readonly from: number }
  /** A frame for the relay. */
  | ({ readonly type: 'post'; readonly epoch: number; readonly from: number } & TabFrame)
  /** A tab no longer needs a subscription. Its id belongs to the session. */
  | { readonly type: 'leave'; readonly session: string; readonly from: number; readonly id: number }
  /** A tab connects again after the relay's final refusal. */
  | { readonly type: 'retry' }
  /** Checks whether the leader is alive. */
  | { readonly type: 'probe' }
  /** The leader's answer to a probe. */
  | { readonly type: 'beat' }
  /** A new leader needs the reports of the other tabs. */
  | { readonly type: 'call'; readonly from: number }
  | { readonly type: 'report'; readonly from: number; readonly report: Report }
  /** The shared connection is online. `received` is the number of the relay's last frame. */
  | {
      readonly type: 'ready'
      readonly epoch: number
      readonly welcome: WelcomeFrame
      readonly kind: TransportKind | undefined
      readonly received: number
      readonly view: LedgerView
    }
  /** The connection is lost, but not the session. */
  | { readonly type: 'away'; readonly code: number; readonly reason: string }
  /** The session is lost. */
  | { readonly type: 'lost'; readonly epoch: number }
  /** The number and owner of the next frame, before it is sent to the relay. */
  | { readonly type: 'order'; readonly epoch: number; readonly number: number; readonly owner: FrameOwner | undefined }
  /** The relay has confirmed `sent` frames. */
  | { readonly type: 'confirmed'; readonly epoch: number; readonly sent: number }
  /** Frames of the relay, the first with the number `first`. Undefined: an unreadable frame. */
  | {
      readonly type: 'frames'
      readonly epoch: number
      readonly first: number
      readonly frames: readonly (RelayFrame | undefined)[]
    }

/** A tab's state of the shared session. */
export interface Report {
  readonly epoch: number
  readonly welcome: WelcomeFrame | undefined
  readonly received: number
  readonly view: LedgerView
  /** The shared refs of the tab's subscriptions that the relay has not answered. */
  readonly asking: readonly number[]
}
