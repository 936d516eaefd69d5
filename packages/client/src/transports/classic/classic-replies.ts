import { type ErrorCode, type RelayFrame, WildcastError } from '@wildcast/protocol/client'

/** Frames for the client, in place of a relay. */
export interface ClassicReplies {
  /** Delivers a frame now. */
  deliver(frame: RelayFrame): void
  /** Delivers the answer to a frame asynchronously, as a relay does. */
  reply(frame: RelayFrame): void
  fail(ref: number | undefined, code: ErrorCode, message: string): void
  unsupported(ref: number | undefined, what: string): void
}

/** Creates the replies to a client. */
export function openReplies(deliver: (frame: RelayFrame) => void): ClassicReplies {
  const reply = (frame: RelayFrame): void => void Promise.resolve().then(() => deliver(frame))
  const fail: ClassicReplies['fail'] = (ref, code, message) =>
    reply({ kind: 'Error', ref, code, message, retry: new WildcastError(code, message).retry })
  return {
    deliver,
    reply,
    fail,
    unsupported: (ref, what) =>
      fail(ref, 'unsupported', `a classic server doesn't support ${what}: use the dialect v1`),
  }
}
