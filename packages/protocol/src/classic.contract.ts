import type { Frame } from './frame.js'

// The limits of the classic dialect, for both of its encodings.

const reason = 'classic has no such frame'

/** The kinds that classic does not have, with the reason. */
export const unsupportedInClassic: Partial<Record<Frame['kind'], string>> = {
  Connect: reason,
  Unsubscribe: reason,
  Request: reason,
  Cancel: reason,
  Enter: reason,
  Leave: reason,
  Authenticate: reason,
  CanI: reason,
  Pong: reason,
  Welcome: reason,
  Subscribed: reason,
  Synced: reason,
  Lost: reason,
  Unsubscribed: reason,
  Ack: reason,
  Response: reason,
  Error: reason,
  Gap: reason,
  GoingAway: reason,
  Received: reason,
  Ping: reason,
}

/** Returns the part of a frame that classic can encode. */
export function preservedInClassic(frame: Frame): Frame {
  if (frame.kind === 'Subscribe') return { kind: frame.kind, subject: frame.subject }
  if (frame.kind !== 'Publish' && frame.kind !== 'Message') throw new Error(`classic has no ${frame.kind}`)
  const { subject, message, response_subject } = frame
  if (frame.kind === 'Publish') return { kind: frame.kind, subject, message, broker: frame.broker, response_subject }
  return { kind: frame.kind, id: 0, subject, message, broker: frame.broker, response_subject }
}
