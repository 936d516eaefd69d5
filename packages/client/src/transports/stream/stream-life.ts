/** The state of a stream: one request with a long answer, and at most one POST at a time. */
export type StreamState =
  /** Checks whether a relay answers. */
  | { readonly at: 'probing' }
  /** A relay answers: `Connect` can be sent. */
  | { readonly at: 'open' }
  /** `Connect` was sent; `Welcome` was not received yet. */
  | { readonly at: 'connecting'; readonly closing: boolean }
  /** No frame waits. */
  | { readonly at: 'idle'; readonly session: string }
  | { readonly at: 'posting'; readonly session: string; readonly closing: boolean }
  | { readonly at: 'over' }

/** An event of a stream. */
export type StreamEvent =
  /** A relay answers plain HTTP. */
  | { readonly type: 'answered' }
  /** The client sends `Connect`. */
  | { readonly type: 'connect'; readonly frame: string }
  | { readonly type: 'welcomed'; readonly session: string }
  /** A frame waits. */
  | { readonly type: 'queued' }
  /** The relay has the frames of the last POST. */
  | { readonly type: 'posted' }
  /** The stream has ended or failed. */
  | ({ readonly type: 'failed' } & Ending)
  /** The client closes the stream. */
  | { readonly type: 'closed' }
  /** The timer fired. */
  | { readonly type: 'fired' }

/** How a stream ends. `code` is a WebSocket close code. */
export interface Ending {
  readonly code: number
  readonly reason: string
}

/** The next state and the effects of an event. */
export interface StreamStep {
  readonly to: StreamState
  /** Notify the client that frames can be sent. */
  readonly opened?: true
  /** Send this `Connect`, and read the answer. */
  readonly listen?: string
  /** POST the waiting frames for this session. */
  readonly post?: string
  /** Set the timer. */
  readonly armMs?: number
  /** Notify the client, which did not close the stream itself. */
  readonly close?: Ending
}

/** The close code of a connection that ended without a close frame (RFC 6455, 7.1.5). */
export const abnormalClosure = 1006
/**
 * How long the POST of the frames sent before `close` may take, and then the DELETE of the session,
 * in milliseconds.
 */
export const lastFramesMs = 3000

/** The state machine of a stream: returns the next state and its effects. */
export function stepStream(from: StreamState, event: StreamEvent, isWaiting: boolean): StreamStep {
  if (from.at === 'over') return { to: from }
  switch (event.type) {
    case 'answered':
      return from.at === 'probing' ? { to: { at: 'open' }, opened: true } : { to: from }
    case 'connect':
      return from.at === 'open' ? { to: { at: 'connecting', closing: false }, listen: event.frame } : { to: from }
    case 'welcomed':
      return welcome(from, event.session, isWaiting)
    case 'queued':
      return from.at === 'idle' && isWaiting ? post({ ...from, closing: false }) : { to: from }
    case 'posted':
      return from.at === 'posting' ? next(from, isWaiting) : { to: from }
    case 'failed': {
      const close = { code: event.code, reason: event.reason }
      return { to: { at: 'over' }, ...(!isClosing(from) && { close }) }
    }
    case 'closed':
      return leave(from, isWaiting)
    case 'fired':
      return { to: { at: 'over' } }
  }
}

type Live = Omit<Extract<StreamState, { readonly at: 'posting' }>, 'at'>

function welcome(from: StreamState, session: string, isWaiting: boolean): StreamStep {
  if (from.at === 'connecting') return next({ session, closing: from.closing }, isWaiting)
  return { to: 'session' in from ? { ...from, session } : from }
}

/** Returns the next step when no POST is in progress. */
function next(live: Live, isWaiting: boolean): StreamStep {
  if (isWaiting) return post(live)
  const { session, closing } = live
  return { to: closing ? { at: 'over' } : { at: 'idle', session } }
}

function post({ session, closing }: Live): StreamStep {
  return { to: { at: 'posting', session, closing }, post: session }
}

/**
 * Closes the stream, after the POST in progress and the waiting frames, which may need `Welcome`
 * first.
 */
function leave(from: StreamState, isWaiting: boolean): StreamStep {
  if (isClosing(from)) return { to: from }
  const mayWait = from.at === 'posting' || (from.at === 'connecting' && isWaiting)
  return mayWait ? { to: { ...from, closing: true }, armMs: lastFramesMs } : { to: { at: 'over' } }
}

function isClosing(state: StreamState): boolean {
  return 'closing' in state && state.closing
}
