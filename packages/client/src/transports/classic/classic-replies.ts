import { type ErrorCode, type RelayFrame, WildcastError } from '@wildcast/protocol/client'

/** The answers that a relay would give, given here. */
export interface ClassicReplies {
  /** Something that happened now. */
  deliver(frame: RelayFrame): void
  /** An answer to what is being said: it comes later, as from a relay, never within the call. */
  reply(frame: RelayFrame): void
  fail(ref: number | undefined, code: ErrorCode, message: string): void
  unsupported(ref: number | undefined, what: string): void
}

/** Answers in the relay's stead. */
export function openReplies(happen: (frame: RelayFrame) => void): ClassicReplies {
  const say = (frame: RelayFrame): void => void Promise.resolve().then(() => happen(frame))
  const fail: ClassicReplies['fail'] = (ref, code, message) =>
    say({ kind: 'Error', ref, code, message, retry: new WildcastError(code, message).retry })
  return {
    deliver: happen,
    reply: say,
    fail,
    unsupported: (ref, what) =>
      fail(ref, 'unsupported', `a classic server knows no ${what}: connect with the dialect v1`),
  }
}
