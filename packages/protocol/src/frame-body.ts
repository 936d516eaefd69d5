import type { ErrorFrame, Frame } from './frame.js'
import { toHeaderObject } from './header-list.js'
import type { Payload } from './message.js'

/**
 * The wire's form of a frame without its payload, whose spelling differs per codec: `undefined`
 * fields are left out by every encoder.
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

/** Frames with a payload. */
export type PayloadFrame = Exclude<Extract<Frame, { readonly message: Payload }>, ErrorFrame>

/** Whether a frame carries a payload. An `Error` has a `message` too, which is a sentence. */
export function carriesPayload(frame: Frame): frame is PayloadFrame {
  return 'message' in frame && frame.kind !== 'Error'
}
