import { WildcastError } from '@wildcast/protocol'
import { backoffMs } from '../time/backoff.js'
import type { TransportKind } from '../transports/transport.js'
import type { Status } from './status.js'

type In<State extends Status['state']> = Extract<Status, { readonly state: State }>

/** An attempt to connect. */
interface Connecting extends In<'connecting'> {
  /** It waits for a token, then for a transport that opens, then for the relay's `Welcome`. */
  readonly stage: 'token' | 'transport' | 'greeting'
  /** The app knows that no relay can be reached: it is notified once, until one is. */
  readonly reported: boolean
}
interface Waiting extends In<'waiting'> {
  readonly reported: boolean
}
interface Online extends In<'online'> {
  readonly attempt: number
  /** Silence after which the connection is dead, in milliseconds. */
  readonly limitMs: number
  /** When to leave a relay that is going away. */
  readonly leaveAt?: number
}

/** The state of a connection: its status, and what only `step` needs to know. */
export type Connection = In<'idle' | 'closed'> | Connecting | Waiting | Online

/** Everything that can happen to a connection. */
export type Happening =
  /** Somebody wants it: now, not after the wait. */
  | { readonly type: 'wanted' }
  /** Page visible, network back: timers may have slept. */
  | { readonly type: 'woke'; readonly silentMs: number }
  /** The one timer. */
  | { readonly type: 'rang'; readonly silentMs: number }
  /** The token is there, if one is needed. */
  | { readonly type: 'proved' }
  /** The transport takes frames. */
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly pingMs: number; readonly transport?: TransportKind | undefined }
  | { readonly type: 'goingAway'; readonly window: readonly [number, number] }
  /** There is no token, or the transport closed or could not be opened. */
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
  /** What was in flight is lost, and the transport is to be left; the app is notified last. */
  readonly lost?: WildcastError
  /** Sets the one timer, instead of the one before. A closed connection has none. */
  readonly armMs?: number
  /** Ask for a token and open a transport. */
  readonly open?: true
  /**
   * `opened`: subscribe. It may be sent before the relay has answered, since a subscription that is
   * lost is asked for again. `welcomed`: send what waits. Not earlier, since what the relay never
   * read would be lost.
   */
  readonly notify?: 'opened' | 'welcomed'
  /** Report `lost`, with this stage. */
  readonly report?: 'token' | 'transport' | undefined
}

/** What is known of the attempts before this one. */
interface Failures {
  readonly attempt: number
  readonly reason?: WildcastError | undefined
  readonly reported?: boolean
  readonly leaveAt?: number
}

/** How long a token may take, and then the relay. */
const connectDeadlineMs = 10_000
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
    if (type === 'failed' && happening.final) return end(happening.reason, moment)
    return from.state === 'online' ? whileOnline(from, happening, moment) : whileConnecting(from, happening, moment)
  }
  if (type === 'wanted') return connect({ ...from, attempt: 0 }, moment)
  if (from.state === 'waiting' && (type === 'woke' || type === 'rang')) return connect(from, moment)
  return { to: from }
}

function whileConnecting(from: Connecting, happening: Happening, moment: Moment): Step {
  switch (happening.type) {
    case 'proved':
      return { to: { ...from, stage: 'transport' }, armMs: connectDeadlineMs }
    case 'opened':
      return { to: { ...from, stage: 'greeting' }, notify: 'opened' }
    case 'welcomed': {
      const { attempt } = from
      const { pingMs, transport } = happening
      return {
        to: { state: 'online', since: moment.now, transport, attempt, limitMs: pingMs + silenceMarginMs },
        armMs: healthyAfterMs,
        notify: 'welcomed',
      }
    }
    case 'failed':
      return giveUp(from, happening.reason, moment)
    case 'rang':
      return giveUp(from, interrupted(noAnswer), moment)
    default:
      return { to: from }
  }
}

function whileOnline(from: Online, happening: Happening, moment: Moment): Step {
  switch (happening.type) {
    case 'goingAway': {
      const [least, most] = happening.window
      const armMs = least + moment.chance * (most - least)
      return { to: { ...from, leaveAt: moment.now + armMs }, armMs }
    }
    case 'failed':
      return retry(from, happening.reason, moment)
    case 'rang':
    case 'woke': {
      const woke = happening.type === 'woke'
      const restMs = from.limitMs - happening.silentMs
      // Another transport at once: it is time to leave, or the page has slept.
      if (woke ? restMs <= 0 : from.leaveAt !== undefined)
        return { ...connect(from, moment), lost: interrupted('the connection was lost') }
      if (woke) return { to: from }
      if (restMs <= 0) return retry(from, interrupted('the relay fell silent'), moment)
      return { to: { ...from, attempt: 0 }, armMs: restMs }
    }
    default:
      return { to: from }
  }
}

function connect({ attempt, reason, reported = false }: Failures, { now }: Moment): Step {
  return {
    to: { state: 'connecting', since: now, attempt, reason, stage: 'token', reported },
    armMs: connectDeadlineMs,
    open: true,
  }
}

/** An attempt has failed. A token that can't be had is reported each time. */
function giveUp(from: Connecting, reason: WildcastError, moment: Moment): Step {
  const isToken = from.stage === 'token'
  const report = isToken ? 'token' : from.reported ? undefined : 'transport'
  return { ...retry({ ...from, reported: from.reported || !isToken }, reason, moment), report }
}

function retry({ attempt, leaveAt, reported = false }: Failures, reason: WildcastError, moment: Moment): Step {
  const { now, chance } = moment
  // A relay that announced its leave gave us our moment: to come back earlier would be to come with everybody else.
  const armMs = leaveAt === undefined ? backoffMs(attempt, chance) : Math.max(0, leaveAt - now)
  return {
    to: { state: 'waiting', since: now, attempt: attempt + 1, nextRetryAt: now + armMs, reason, reported },
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
