import type { ErrorFrame, Frame, MessageFrame } from './frame.js'
import { toHeaderObject } from './header-list.js'
import type { Payload } from './message.js'

/**
 * Returns the body of a frame as it is encoded, except for the payload, whose form differs per
 * codec. Every encoder omits `undefined` fields.
 */
export function bodyOf(frame: Frame): unknown {
  if (frame.kind === 'Received') return frame.count
  const { kind: _, ...body } = frame
  if ('headers' in body && body.headers) return { ...body, headers: toHeaderObject(body.headers) }
  return body
}

/** Whether a kind is sent as a bare string. */
export function isBare(frame: Frame): boolean {
  return frame.kind === 'Ping' || frame.kind === 'Pong'
}

/** A frame with a payload. */
export type PayloadFrame = Exclude<Extract<Frame, { readonly message: Payload }>, ErrorFrame>

/** Whether a frame carries a payload. The `message` of an `Error` is a sentence, not a payload. */
export function carriesPayload(frame: Frame): frame is PayloadFrame {
  return 'message' in frame && frame.kind !== 'Error'
}

/** Whether a message is a value, its deletion, or kept in the history. */
export function isKept({ revision, position, ref, deleted, retained, user, left }: MessageFrame): boolean {
  return (revision ?? position ?? ref ?? deleted ?? retained ?? user ?? left) !== undefined
}
