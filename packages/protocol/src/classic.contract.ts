import type { Frame } from './frame.js'

// What the classic dialect leaves out, for both of its encodings.

const noFrame = 'classic has no such frame'

/** The kinds that classic does not have. */
export const cannotInClassic: Partial<Record<Frame['kind'], string>> = {
  Connect: noFrame,
  Unsubscribe: noFrame,
  Request: noFrame,
  Cancel: noFrame,
  Authenticate: noFrame,
  Pong: noFrame,
  Welcome: noFrame,
  Subscribed: noFrame,
  Synced: noFrame,
  Unsubscribed: noFrame,
  Ack: noFrame,
  Response: noFrame,
  Error: noFrame,
  Gap: noFrame,
  GoingAway: noFrame,
  Received: noFrame,
  Ping: noFrame,
}

/** What classic has room for in the kinds that it has. */
export function keptInClassic(frame: Frame): Frame {
  if (frame.kind === 'Subscribe') return { kind: frame.kind, subject: frame.subject }
  if (frame.kind !== 'Publish' && frame.kind !== 'Message') throw new Error(`classic has no ${frame.kind}`)
  const { subject, message, response_subject } = frame
  if (frame.kind === 'Publish') return { kind: frame.kind, subject, message, broker: frame.broker, response_subject }
  return { kind: frame.kind, id: 0, subject, message, broker: frame.broker, response_subject }
}
