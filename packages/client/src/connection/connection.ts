import { WildcastError } from '@wildcast/protocol'
import { backoffMs } from '../time/backoff.js'
import type { TransportKind } from '../transports/transport.js'

/** What a client's connection is doing. `since` and `nextRetryAt` are milliseconds since 1970. */
export type Status =
  /** Nothing to connect with here (server render), or nobody has used the client yet. */
  | { readonly state: 'idle'; readonly since: number }
  /** `attempt` counts the failures in a row before this one, `reason` is that of the last. */
  | {
      readonly state: 'connecting'
      readonly since: number
      readonly attempt: number
      readonly reason: WildcastError | undefined
    }
  /** `transport` is undefined for one that was given as an option and does not say what it is. */
  | { readonly state: 'online'; readonly since: number; readonly transport: TransportKind | undefined }
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
  readonly leaveAt?: number
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
  | { readonly type: 'welcomed'; readonly pingMs: number; readonly transport?: TransportKind | undefined }
  | { readonly type: 'goingAway'; readonly window: readonly [number, number] }
  /** The transport closed, or could not be opened. */
  | { readonly type: 'failed'; readonly reason: WildcastError; readonly final?: boolean }
  | { readonly type: 'ended' }

/** When something happened, and a number from 0 up to 1 to draw lots with. */
export interface Moment {
  readonly now: number
  readonly chance: number
}

/** What follows from a happening, to be done in this order. */
export interface Step {
  readonly to: Connection
  /** What was in flight is lost, and the transport is to be left; the app hears of it last. */
  readonly lost?: WildcastError
  /** Sets the one timer, instead of the one before. A closed connection has none. */
  readonly armMs?: number
  /** Open a transport. */
  readonly open?: true
  /** Subscribe. It may be sent before the relay has answered, since a subscription that is lost is asked for again. */
  readonly subscribe?: true
  /** Send what waits. Not before the relay has welcomed the client: what it never read would be lost. */
  readonly flush?: true
}

/** How long a token may take, and then the relay. */
export const connectDeadlineMs = 10_000
const noAnswer = 'no Welcome within 10 s: is a relay there?'
const healthyAfterMs = 5_000
/** How long past the relay's ping a silence may last. */
const silenceMarginMs = 10_000

/** The life of a connection, as a function of what happens to it. */
export function step(from: Connection, happening: Happening, moment: Moment): Step {
  const { type } = happening
  if (from.state === 'closed' && !from.reason) return { to: from } // by close(): for ever
  if (type === 'ended') return end(undefined, moment)
  if (from.state === 'connecting' || from.state === 'online') {
    if (happening.type === 'failed')
      return happening.final ? end(happening.reason, moment) : retry(from, happening.reason, moment)
    return from.state === 'online' ? whileOnline(from, happening, moment) : whileConnecting(from, happening, moment)
  }
  const reason = from.state === 'idle' ? undefined : from.reason
  if (type === 'wanted') return connect(0, moment, reason)
  if (from.state === 'waiting' && (type === 'woke' || type === 'rang')) return connect(from.attempt, moment, reason)
  return { to: from }
}

function whileConnecting(from: In<'connecting'>, happening: Happening, moment: Moment): Step {
  if (happening.type === 'opened') return { to: from, subscribe: true }
  if (happening.type === 'rang') return retry(from, interrupted(noAnswer), moment)
  if (happening.type !== 'welcomed') return { to: from }
  const { attempt } = from
  const { transport } = happening
  const limitMs = happening.pingMs + silenceMarginMs
  return {
    to: { state: 'online', since: moment.now, transport, attempt, limitMs },
    armMs: healthyAfterMs,
    flush: true,
  }
}

function whileOnline(from: Online, happening: Happening, moment: Moment): Step {
  if (happening.type === 'goingAway') {
    const [least, most] = happening.window
    const armMs = least + moment.chance * (most - least)
    return { to: { ...from, leaveAt: moment.now + armMs }, armMs }
  }
  if (!('silentMs' in happening)) return { to: from }
  const woke = happening.type === 'woke'
  const restMs = from.limitMs - happening.silentMs
  // Another transport at once: it is time to leave, or the page has slept.
  if (woke ? restMs <= 0 : from.leaveAt !== undefined)
    return { ...connect(from.attempt, moment), lost: interrupted('the connection was lost') }
  if (woke) return { to: from }
  if (restMs <= 0) return retry(from, interrupted('the relay fell silent'), moment)
  return { to: { ...from, attempt: 0 }, armMs: restMs }
}

function connect(attempt: number, { now }: Moment, reason?: WildcastError): Step {
  return {
    to: { state: 'connecting', since: now, attempt, reason },
    armMs: connectDeadlineMs,
    open: true,
  }
}

function retry(
  { attempt, leaveAt }: Pick<Online, 'attempt' | 'leaveAt'>,
  reason: WildcastError,
  { now, chance }: Moment,
): Step {
  // A relay that announced its leave gave us our moment: to come back earlier would be to come with everybody else.
  const armMs = leaveAt === undefined ? backoffMs(attempt, chance) : Math.max(0, leaveAt - now)
  return {
    to: { state: 'waiting', since: now, attempt: attempt + 1, nextRetryAt: now + armMs, reason },
    armMs,
    lost: reason,
  }
}

function end(reason: WildcastError | undefined, { now }: Moment): Step {
  return { to: { state: 'closed', since: now, reason }, lost: interrupted(reason?.message ?? 'the client was closed') }
}

function interrupted(message: string): WildcastError {
  return new WildcastError('interrupted', message)
}
