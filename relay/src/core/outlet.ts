import type { RelayFrame, WildcastError } from '@wildcast/protocol'
import type { Settle } from '../brokers/broker.js'

export type { Settle }

/** Turns frames into what is written to a client. Sessions that share an encoder share the bytes of a message: one identity per gateway and codec. */
export interface Encoder {
  /** Undefined where the dialect has no words for a frame: it is left out then. */
  encode(frame: RelayFrame): Uint8Array | undefined
}

/** The way from a session to its client. Neither call throws. */
export interface Outlet {
  readonly encoder: Encoder
  /** Writes bytes that the encoder made; they may be shared with others and must not be changed. `settle` hears whether they were written. */
  deliver(bytes: Uint8Array, settle?: Settle): void
}

/** Says a frame to one client. */
export function say(outlet: Outlet, frame: RelayFrame): void {
  const bytes = outlet.encoder.encode(frame)
  if (bytes) outlet.deliver(bytes)
}

/** Where failures go that nobody waits for. */
export type OnError = (
  error: WildcastError,
  at: { readonly stage: string; readonly broker?: string; readonly request?: string },
) => void
