/** The state of a stream: one request whose answer goes on, and at most one POST at a time. */
export type StreamState =
  /** Asks whether a relay is there. */
  | { readonly at: 'probing' }
  /** One is: `Connect` may be sent. */
  | { readonly at: 'open' }
  /** `Connect` is sent, `Welcome` has not come. */
  | { readonly at: 'connecting'; readonly closing: boolean }
  /** Nothing waits. */
  | { readonly at: 'idle'; readonly session: string }
  | { readonly at: 'posting'; readonly session: string; readonly closing: boolean }
  | { readonly at: 'over' }

/** Everything that can happen to a stream. */
export type StreamEvent =
  /** A relay answers plain HTTP. */
  | { readonly type: 'answered' }
  /** The client sends `Connect`. */
  | { readonly type: 'connect'; readonly hello: string }
  | { readonly type: 'welcomed'; readonly session: string }
  /** A frame waits. */
  | { readonly type: 'queued' }
  /** The relay has the frames of the last POST. */
  | { readonly type: 'posted' }
  /** It has ended, or can't go on. */
  | ({ readonly type: 'failed' } & Ending)
  /** The client closes it. */
  | { readonly type: 'closed' }
  /** The one timer. */
  | { readonly type: 'fired' }

/** How a stream ends. `code` is a WebSocket close code. */
export interface Ending {
  readonly code: number
  readonly reason: string
}

/** What follows from an event. */
export interface StreamStep {
  readonly to: StreamState
  /** Frames can be sent. */
  readonly opened?: true
  /** Send this `Connect`, and read what the relay answers. */
  readonly listen?: string
  /** POST what waits, for this session. */
  readonly post?: string
  readonly armMs?: number
  /** Notify the client, which did not end it itself. */
  readonly close?: Ending
}

/** The close code of a connection that has ended without a word (RFC 6455, 7.1.5). */
export const abnormalClosure = 1006
/**
 * How long frames that were sent before `close` may take to go out, and then the end itself, in
 * milliseconds.
 */
export const lastFramesMs = 3000

/** The life of a stream, as a function of what happens to it, and of whether frames wait. */
export function stepStream(from: StreamState, event: StreamEvent, isWaiting: boolean): StreamStep {
  if (from.at === 'over') return { to: from }
  switch (event.type) {
    case 'answered':
      return from.at === 'probing' ? { to: { at: 'open' }, opened: true } : { to: from }
    case 'connect':
      return from.at === 'open' ? { to: { at: 'connecting', closing: false }, listen: event.hello } : { to: from }
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

/** What a stream does when no POST is under way. */
function next(live: Live, isWaiting: boolean): StreamStep {
  if (isWaiting) return post(live)
  const { session, closing } = live
  return { to: closing ? { at: 'over' } : { at: 'idle', session } }
}

function post({ session, closing }: Live): StreamStep {
  return { to: { at: 'posting', session, closing }, post: session }
}

/**
 * Frames that were sent before are posted first, if need be once the relay has said whose they are.
 */
function leave(from: StreamState, isWaiting: boolean): StreamStep {
  if (isClosing(from)) return { to: from }
  const mayWait = from.at === 'posting' || (from.at === 'connecting' && isWaiting)
  return mayWait ? { to: { ...from, closing: true }, armMs: lastFramesMs } : { to: { at: 'over' } }
}

function isClosing(state: StreamState): boolean {
  return 'closing' in state && state.closing
}
