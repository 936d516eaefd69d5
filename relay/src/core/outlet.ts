import type { RelayFrame, WildcastError } from '@wildcast/protocol'
import type { Settle } from './broker.js'

export type { Settle }

/** Turns frames into what is written to a client. Sessions that share an encoder share the bytes of a message: one identity per gateway and codec. */
export interface Encoder {
  /** Undefined where the dialect has no words for a frame: it is left out then. */
  encode(frame: RelayFrame): Uint8Array | undefined
}

/** An encoder whose frames may follow one another in one buffer. */
export interface StreamEncoder extends Encoder {
  /** Several frames in one buffer, which is so many bytes long. */
  join(frames: readonly Uint8Array[], bytes: number): Uint8Array
}

/** What a reader that is slower than its messages may miss. */
export interface Droppable {
  /** The subscription's id. */
  readonly id: number
  readonly broker: string
  /** Of each subject only the newest message counts. */
  readonly latest: boolean
}

/** A frame on its way out: one object, encoded once, for everybody who gets it. */
export interface Parcel {
  /** Shared with others: never changed. */
  readonly bytes: Uint8Array
  /** The subscription that a message belongs to. A frame without one, such as an answer, is never dropped. */
  readonly feed?: Droppable | undefined
  /** Of a message. */
  readonly subject?: string | undefined
  /** Hears whether it was written. Returns whether another client takes it, or the broker has it back. */
  readonly settle?: ((written: boolean) => boolean) | undefined
}

/** The way from a session to its client. Throws nothing. */
export interface Outlet {
  readonly encoder: Encoder
  /** Whether the client is slower than what is said to it. @default false */
  readonly behind?: boolean
  deliver(parcel: Parcel): void
  /** A subscription has ended, whatever of it still waits. */
  forget?(feed: number): void
}

/** Says a frame to one client. */
export function say(outlet: Outlet, frame: RelayFrame): void {
  const bytes = outlet.encoder.encode(frame)
  if (bytes) outlet.deliver({ bytes })
}

/** Where failures go that nobody waits for. */
export type OnError = (
  error: WildcastError,
  at: { readonly stage: string; readonly broker?: string; readonly request?: string },
) => void
