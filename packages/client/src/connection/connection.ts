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

/** The outcome of the previous attempts. */
interface Failures {
  readonly attempt: number
  readonly reason?: WildcastError | undefined
  readonly reported?: boolean
  readonly leaveAt?: number
}

/** How long the token may take, and then the transport and `Welcome` together. */
const connectDeadlineMs = 10_000
const noAnswer = 'no Welcome within 10 s: is a relay there?'
const healthyAfterMs = 5_000
/** How long after the relay's ping interval the client waits before it probes the relay. */
const silenceMarginMs = 7_000

/** The state machine of a connection: returns the next state and its effects. */
export function step(from: ConnectionState, event: ConnectionEvent, facts: ConnectionFacts): ConnectionStep {
  const { type } = event
  if (from.state === 'closed' && !from.reason) return { to: from } // close() is final
  if (type === 'ended') return end(undefined, facts)
  if (from.state === 'connecting' || from.state === 'online') {
    // Nothing is retried on a client that is closed, not even after the end of a token.
    if (type === 'failed' && event.final) return end(Object.assign(event.reason, { retry: false }), facts)
    return from.state === 'online'
      ? whileOnline(forgetFailures(from, facts), event, facts)
      : whileConnecting(from, event, facts)
  }
  if (type === 'wanted') return connect({ ...from, attempt: 0 }, facts)
  if (from.state === 'waiting' && (type === 'woke' || type === 'fired')) return connect(from, facts)
  return { to: from }
}

function whileConnecting(from: Connecting, event: ConnectionEvent, facts: ConnectionFacts): ConnectionStep {
  switch (event.type) {
    case 'token':
      return { to: { ...from, stage: 'transport' }, armMs: connectDeadlineMs }
    case 'opened':
      return { to: { ...from, stage: 'welcome', openedAt: facts.now }, notify: 'opened' }
    case 'welcomed': {
      const { attempt, openedAt = facts.now } = from
      const { pingMs } = event
      const { kind: transport, leader } = event.transport ?? {}
      const limitMs = pingMs + silenceMarginMs
      const rttMs = Math.max(0, facts.now - openedAt) // the clock may have been set back
      return {
        to: { state: 'online', since: facts.now, transport, leader, rttMs, attempt, limitMs },
        armMs: limitMs,
        notify: 'welcomed',
      }
    }
    case 'failed':
      return event.renew ? again(from, event.reason, facts) : giveUp(from, event.reason, facts)
    case 'fired':
      return giveUp(from, interrupted(noAnswer), facts)
    default:
      return { to: from }
  }
}

/** Resets the count of failures once the connection has been up for long enough. */
function forgetFailures(from: Online, { now }: ConnectionFacts): Online {
  return from.attempt && now - from.since >= healthyAfterMs ? { ...from, attempt: 0 } : from
}

function whileOnline(from: Online, event: ConnectionEvent, facts: ConnectionFacts): ConnectionStep {
  switch (event.type) {
    case 'goingAway': {
      const [least, most] = event.window
      const armMs = least + facts.chance * (most - least)
      return { to: { ...from, leaveAt: facts.now + armMs }, armMs }
    }
    case 'failed':
      return (event.renew ? again : retry)(from, event.reason, facts)
    case 'sent':
      if (from.leaveAt || from.wait) return { to: from }
      return { to: { ...from, wait: 1 }, armMs: facts.probeMs }
    case 'leader':
      return { to: { ...from, leader: event.leader } }
    case 'received':
      return { to: { ...from, wait: undefined } }
    case 'fired':
    case 'woke':
      return check(from, event, facts)
    default:
      return { to: from }
  }
}

/**
 * A timer may be late, so silence alone never ends a connection: the client probes the relay twice
 * and waits for an answer.
 */
function check(
  from: Online,
  { type, silentMs, late }: Liveness & { type: string },
  facts: ConnectionFacts,
): ConnectionStep {
  const woke = type === 'woke'
  const { leaveAt, wait } = from
  const restMs = from.limitMs - silentMs
  // Reconnect at once: the relay is going away, or the page has slept for too long.
  if (woke ? restMs <= 0 : leaveAt !== undefined)
    return { ...connect(from, facts), lost: interrupted('the connection was lost') }
  if (woke && (wait || leaveAt !== undefined)) return { to: from }
  if (wait === 2) return retry(from, interrupted('the relay did not answer'), facts)
  if (wait || woke || late || restMs <= 0)
    return { to: { ...from, wait: wait ? 2 : 1 }, armMs: facts.probeMs, probe: true }
  return { to: from, armMs: restMs }
}

function connect({ attempt, reason, reported = false }: Failures, { now }: ConnectionFacts): ConnectionStep {
  return {
    to: { state: 'connecting', since: now, attempt, reason, stage: 'token', reported },
    armMs: connectDeadlineMs,
    open: true,
  }
}

/** Connects with another token: at once, unless an earlier attempt has failed, too. */
function again(from: Connecting | Online, reason: WildcastError, facts: ConnectionFacts): ConnectionStep {
  if (from.attempt) return retry(from, reason, facts)
  return { ...connect({ ...from, attempt: 1, reason }, facts), lost: reason }
}

/** Ends a failed attempt. A failure to get the token is reported each time. */
function giveUp(from: Connecting, reason: WildcastError, facts: ConnectionFacts): ConnectionStep {
  const isToken = from.stage === 'token'
  const report = isToken ? 'token' : from.reported ? undefined : 'transport'
  return { ...retry({ ...from, reported: from.reported || !isToken }, reason, facts), report }
}

function retry(
  { attempt, leaveAt, reported = false }: Failures,
  reason: WildcastError,
  facts: ConnectionFacts,
): ConnectionStep {
  const { now, chance } = facts
  // A relay that announced its shutdown also set the time to reconnect, which spreads its clients.
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
