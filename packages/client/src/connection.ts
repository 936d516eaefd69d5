import { WildcastError } from '@wildcast/protocol'
import { backoffMs } from './backoff.js'

/** What a client's connection is doing. `since` and `nextRetryAt` are milliseconds since 1970. */
export type Status =
  /** Nothing to connect with here (server render), or nobody has used the client yet. */
  | { readonly state: 'idle'; readonly since: number }
  /** `attempt` counts the failures in a row before this one. */
  | { readonly state: 'connecting'; readonly since: number; readonly attempt: number }
  | { readonly state: 'online'; readonly since: number }
  | {
      readonly state: 'waiting'
      readonly since: number
      readonly attempt: number
      readonly nextRetryAt: number
      readonly reason: WildcastError
    }
  /** By `close()`, without a reason; or by the relay's final refusal, after which only `reconnect()` tries again. */
  | { readonly state: 'closed'; readonly since: number; readonly reason: WildcastError | undefined }

type In<State extends Status['state']> = Extract<Status, { readonly state: State }>

/** What the step function knows of an online connection beyond its status. */
interface Online extends In<'online'> {
  readonly attempt: number
  /** Silence after which the link is dead, in milliseconds. */
  readonly limitMs: number
  /** When to leave a relay that is going away. */
  readonly leaveAt: number | undefined
}

/** The state of a connection. */
export type Connection = Exclude<Status, In<'online'>> | Online

/** Everything that can happen to a connection. */
export type Happening =
  /** Somebody wants it: now, not after the wait. */
  | { readonly type: 'wanted' }
  /** Page visible, network back: timers may have slept. */
  | { readonly type: 'woke'; readonly silentMs: number }
  /** The one timer. */
  | { readonly type: 'rang'; readonly silentMs: number }
  /** The transport takes frames. */
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly pingMs: number }
  | { readonly type: 'goingAway'; readonly window: readonly [number, number] }
  /** The transport closed, or could not be opened. */
  | { readonly type: 'failed'; readonly reason: WildcastError; readonly final: boolean }
  | { readonly type: 'ended' }

/** What is to be done about it. */
export type Effect =
  | { readonly type: 'open' }
  /** Leave the transport, with a close code if it shall end the session too. */
  | { readonly type: 'drop'; readonly code?: number }
  /** Sets the one timer, instead of the one before. */
  | { readonly type: 'arm'; readonly ms: number }
  | { readonly type: 'disarm' }
  /** Say hello, then everything that waits. */
  | { readonly type: 'greet' }
  /** What was in flight is lost. */
  | { readonly type: 'lost'; readonly reason: WildcastError }

/** When something happened, and a number from 0 up to 1 to draw lots with. */
export interface Moment {
  readonly now: number
  readonly chance: number
}

/** What follows from a happening. */
export interface Step {
  readonly to: Connection
  /** In order: at most one calls the app, and that comes last. */
  readonly effects: readonly Effect[]
}

const connectDeadlineMs = 10_000
const healthyAfterMs = 5_000
/** How long past the relay's ping a silence may last. */
const silenceMarginMs = 10_000

/** The life of a connection, as a function of what happens to it. */
export function step(from: Connection, happening: Happening, moment: Moment): Step {
  if (from.state === 'closed' && !from.reason) return stay(from) // by close(): for ever
  switch (happening.type) {
    case 'wanted':
      return from.state === 'connecting' || from.state === 'online' ? stay(from) : connect(moment, 0)
    case 'woke':
      if (from.state === 'waiting') return connect(moment, from.attempt)
      return from.state === 'online' && happening.silentMs >= from.limitMs ? replace(from, moment) : stay(from)
    case 'rang':
      return rang(from, happening.silentMs, moment)
    case 'opened':
      return from.state === 'connecting' ? stay(from, { type: 'greet' }) : stay(from)
    case 'welcomed':
      return from.state === 'connecting' ? welcome(from.attempt, happening.pingMs, moment) : stay(from)
    case 'goingAway':
      return from.state === 'online' ? leaveWithin(from, happening.window, moment) : stay(from)
    case 'failed':
      if (from.state !== 'connecting' && from.state !== 'online') return stay(from)
      return happening.final ? end(happening.reason, moment) : retry(from, happening.reason, moment)
    case 'ended':
      return end(undefined, moment)
  }
}

function stay(to: Connection, ...effects: Effect[]): Step {
  return { to, effects }
}

function connect({ now }: Moment, attempt: number): Step {
  return stay({ state: 'connecting', since: now, attempt }, { type: 'arm', ms: connectDeadlineMs }, { type: 'open' })
}

function welcome(attempt: number, pingMs: number, { now }: Moment): Step {
  const limitMs = pingMs + silenceMarginMs
  const online: Online = { state: 'online', since: now, attempt, limitMs, leaveAt: undefined }
  return stay(online, { type: 'arm', ms: attempt > 0 ? healthyAfterMs : limitMs })
}

function leaveWithin(from: Online, [least, most]: readonly [number, number], { now, chance }: Moment): Step {
  const ms = least + chance * (most - least)
  return stay({ ...from, leaveAt: now + ms }, { type: 'arm', ms })
}

function rang(from: Connection, silentMs: number, moment: Moment): Step {
  if (from.state === 'waiting') return connect(moment, from.attempt)
  if (from.state === 'connecting') return retry(from, interrupted('the relay did not answer in time'), moment)
  if (from.state !== 'online') return stay(from)
  if (from.leaveAt !== undefined) return replace(from, moment)
  if (silentMs >= from.limitMs) return retry(from, interrupted('the relay fell silent'), moment)
  return stay({ ...from, attempt: 0 }, { type: 'arm', ms: from.limitMs - silentMs })
}

/** Another transport for an online one, at once. */
function replace(from: Online, moment: Moment): Step {
  const { to, effects } = connect(moment, from.attempt)
  return stay(to, { type: 'drop' }, ...effects, lost(interrupted('the connection was replaced')))
}

function retry(from: Online | In<'connecting'>, reason: WildcastError, { now, chance }: Moment): Step {
  // A relay that announced its leave gave us our moment: to come back earlier would be to come with everybody else.
  const leaveAt = from.state === 'online' ? from.leaveAt : undefined
  const ms = leaveAt === undefined ? backoffMs(from.attempt, chance) : Math.max(0, leaveAt - now)
  return stay(
    { state: 'waiting', since: now, attempt: from.attempt + 1, nextRetryAt: now + ms, reason },
    { type: 'drop' },
    { type: 'arm', ms },
    lost(reason),
  )
}

function end(reason: WildcastError | undefined, { now }: Moment): Step {
  return stay(
    { state: 'closed', since: now, reason },
    { type: 'drop', code: 1000 },
    { type: 'disarm' },
    lost(reason ?? interrupted('the client was closed')),
  )
}

function lost(reason: WildcastError): Effect {
  return { type: 'lost', reason }
}

function interrupted(message: string): WildcastError {
  return new WildcastError('interrupted', message)
}
