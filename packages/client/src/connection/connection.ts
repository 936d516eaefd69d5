import type { WildcastError } from '@wildcast/protocol/client'
import type {
  Connecting,
  ConnectionEvent,
  ConnectionFacts,
  ConnectionState,
  ConnectionStep,
  Liveness,
  Online,
} from './connection-step.js'
import { interrupted } from './interrupted.js'
import { reconnectWaitMs } from './reconnect-wait.js'

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
/**
 * How long past the relay's ping a silence may last before the relay is asked for a sign of life.
 */
const silenceMarginMs = 7_000

/** The life of a connection, as a function of what happens to it. */
export function step(from: ConnectionState, happening: ConnectionEvent, moment: ConnectionFacts): ConnectionStep {
  const { type } = happening
  if (from.state === 'closed' && !from.reason) return { to: from } // by close(): for ever
  if (type === 'ended') return end(undefined, moment)
  if (from.state === 'connecting' || from.state === 'online') {
    if (type === 'failed' && happening.final) return end(happening.reason, moment)
    return from.state === 'online'
      ? whileOnline(sinceHealth(from, moment), happening, moment)
      : whileConnecting(from, happening, moment)
  }
  if (type === 'wanted') return connect({ ...from, attempt: 0 }, moment)
  if (from.state === 'waiting' && (type === 'woke' || type === 'fired')) return connect(from, moment)
  return { to: from }
}

function whileConnecting(from: Connecting, happening: ConnectionEvent, moment: ConnectionFacts): ConnectionStep {
  switch (happening.type) {
    case 'token':
      return { to: { ...from, stage: 'transport' }, armMs: connectDeadlineMs }
    case 'opened':
      return { to: { ...from, stage: 'welcome' }, notify: 'opened' }
    case 'welcomed': {
      const { attempt } = from
      const { pingMs, transport } = happening
      const limitMs = pingMs + silenceMarginMs
      return {
        to: { state: 'online', since: moment.now, transport, attempt, limitMs },
        armMs: limitMs,
        notify: 'welcomed',
      }
    }
    case 'failed':
      return giveUp(from, happening.reason, moment)
    case 'fired':
      return giveUp(from, interrupted(noAnswer), moment)
    default:
      return { to: from }
  }
}

/** A connection that has been there for a while forgets the failures before it. */
function sinceHealth(from: Online, { now }: ConnectionFacts): Online {
  return from.attempt && now - from.since >= healthyAfterMs ? { ...from, attempt: 0 } : from
}

function whileOnline(from: Online, happening: ConnectionEvent, moment: ConnectionFacts): ConnectionStep {
  switch (happening.type) {
    case 'goingAway': {
      const [least, most] = happening.window
      const armMs = least + moment.chance * (most - least)
      return { to: { ...from, leaveAt: moment.now + armMs }, armMs }
    }
    case 'failed':
      return retry(from, happening.reason, moment)
    case 'sent':
      if (from.leaveAt || from.wait) return { to: from }
      return { to: { ...from, wait: 1 }, armMs: moment.probeMs }
    case 'received':
      return { to: { ...from, wait: undefined } }
    case 'fired':
    case 'woke':
      return check(from, happening, moment)
    default:
      return { to: from }
  }
}

/**
 * No silence is judged by a timer, which may be late: the relay is asked, twice, and has time to
 * answer.
 */
function check(
  from: Online,
  { type, silentMs, late }: Liveness & { type: string },
  moment: ConnectionFacts,
): ConnectionStep {
  const woke = type === 'woke'
  const { leaveAt, wait: doubt } = from
  const restMs = from.limitMs - silentMs
  // Another transport at once: it is time to leave, or the page has slept for long.
  if (woke ? restMs <= 0 : leaveAt !== undefined)
    return { ...connect(from, moment), lost: interrupted('the connection was lost') }
  if (woke && (doubt || leaveAt !== undefined)) return { to: from }
  if (doubt === 2) return retry(from, interrupted('the relay fell silent'), moment)
  if (doubt || woke || late || restMs <= 0)
    return { to: { ...from, wait: doubt ? 2 : 1 }, armMs: moment.probeMs, probe: true }
  return { to: from, armMs: restMs }
}

function connect({ attempt, reason, reported = false }: Failures, { now }: ConnectionFacts): ConnectionStep {
  return {
    to: { state: 'connecting', since: now, attempt, reason, stage: 'token', reported },
    armMs: connectDeadlineMs,
    open: true,
  }
}

/** An attempt has failed. A token that can't be had is reported each time. */
function giveUp(from: Connecting, reason: WildcastError, moment: ConnectionFacts): ConnectionStep {
  const isToken = from.stage === 'token'
  const report = isToken ? 'token' : from.reported ? undefined : 'transport'
  return { ...retry({ ...from, reported: from.reported || !isToken }, reason, moment), report }
}

function retry(
  { attempt, leaveAt, reported = false }: Failures,
  reason: WildcastError,
  moment: ConnectionFacts,
): ConnectionStep {
  const { now, chance } = moment
  // A relay that announced its leave gave us our moment: to come back earlier would be to come with
  // everybody else.
  const armMs = leaveAt === undefined ? reconnectWaitMs(attempt, chance) : Math.max(0, leaveAt - now)
  return {
    to: { state: 'waiting', since: now, attempt: attempt + 1, nextRetryAt: now + armMs, reason, reported },
    armMs,
    lost: reason,
  }
}

function end(reason: WildcastError | undefined, { now }: ConnectionFacts): ConnectionStep {
  return { to: { state: 'closed', since: now, reason }, lost: interrupted(reason?.message ?? 'the client was closed') }
}
