import type { WildcastError } from '@wildcast/protocol/client'
import { backoffMs } from '../time/backoff.js'

/** The fields of every state. Each state overrides those that it defines. */
interface Common {
  /** The number of refusals in a row. */
  readonly refusals: number
  readonly id?: undefined
  readonly pattern?: undefined
  readonly refusal?: undefined
}
/** `connecting`: no transport is open. `syncing`: the `Subscribe` was not answered yet. */
interface Pending extends Common {
  readonly phase: 'connecting' | 'syncing'
}
/** Confirmed, possibly without a listener for a second. */
interface Ready extends Omit<Common, 'id' | 'pattern'> {
  readonly phase: 'ready'
  readonly id: number | undefined
  /** The pattern in its normal form. */
  readonly pattern: string
}
interface Refused extends Omit<Common, 'refusal'> {
  readonly phase: 'denied' | 'error'
  readonly refusal: WildcastError
}

/** The state of an interest. */
export type InterestState = Pending | Ready | Refused

/** An event of an interest. */
export type InterestEvent =
  /** A listener has joined; or another subscription has ended, so that the limit may allow it. */
  | { readonly type: 'wanted' }
  /** The last listener has left. */
  | { readonly type: 'left' }
  /** Frames can be sent; or the relay has ended the subscription without an error. */
  | { readonly type: 'opened' }
  /** Confirmed; `gap` is whether messages may be missing since an earlier subscription. */
  | { readonly type: 'confirmed'; readonly id?: number | undefined; readonly subject: string; readonly gap: boolean }
  /** The relay has refused or ended the subscription, or refused the whole connection. */
  | { readonly type: 'refused'; readonly reason: WildcastError }
  /** The relay has accepted a newer token, which may allow more. */
  | { readonly type: 'renewed' }
  /** The timer fired. */
  | { readonly type: 'fired' }
  /** The connection is lost, or the `Subscribe` could not be sent. */
  | { readonly type: 'lost' }

/** The inputs of `stepInterest` other than the state and the event. */
export interface InterestFacts {
  /** Whether there is a listener. */
  readonly wanted: boolean
  /** Whether it is a member of a group or a responder, which unsubscribes without a delay. */
  readonly exclusive: boolean
  /** A random number from 0 up to 1. */
  readonly chance: number
}

/**
 * The next state and the effects of an event, to be executed in this order. A new state stops the
 * timer.
 */
export interface InterestStep {
  readonly to: InterestState
  readonly armMs?: number
  /** Send a `Subscribe`. */
  readonly subscribe?: true
  /** Report a gap to the listeners that were ready before. */
  readonly gap?: boolean
  /** Delete the interest, and unsubscribe its id if it has one. */
  readonly over?: { readonly id: number | undefined }
}

/**
 * A listener that rejoins within this time costs no frames: React mounts twice, and users return to
 * a route.
 */
const lingerMs = 1_000

/**
 * The state machine of an interest: returns the next state and its effects. The app is notified of
 * each new refusal.
 */
export function stepInterest(from: InterestState, event: InterestEvent, facts: InterestFacts): InterestStep {
  const step = next(from, event, facts.chance)
  const { id, phase } = step.to
  // While syncing, the id is unknown, so the interest is unsubscribed after the confirmation.
  if (facts.wanted || phase === 'syncing' || event.type === 'wanted') return step
  if (phase === 'ready' && !facts.exclusive && event.type !== 'fired') return { ...step, armMs: lingerMs }
  return { to: { phase: 'connecting', refusals: 0 }, over: { id } }
}

/** Returns the step of an interest with a listener. */
function next(from: InterestState, event: InterestEvent, chance: number): InterestStep {
  const { phase, refusals } = from
  const subscribe: InterestStep = { to: { phase: 'syncing', refusals }, subscribe: true }
  switch (event.type) {
    case 'wanted':
      return phase === 'connecting' || from.refusal?.code === 'too_many_subscriptions' ? subscribe : { to: from }
    case 'opened':
      return subscribe
    case 'confirmed':
      return { to: { phase: 'ready', refusals: 0, id: event.id, pattern: event.subject }, gap: event.gap }
    case 'renewed':
      return phase === 'denied' ? subscribe : { to: from }
    case 'left':
      return { to: from }
    case 'fired':
      return phase === 'ready' ? { to: from } : subscribe
    case 'refused': {
      const { reason } = event
      if (!reason.retry) return { to: toRefused(reason, refusals) }
      const armMs = Math.max(backoffMs(refusals, chance), reason.retryInMs ?? 0)
      return { to: toRefused(reason, refusals + 1), armMs }
    }
    case 'lost':
      return { to: { phase: 'connecting', refusals } }
  }
}

/** Returns the state of a refused interest. */
export function toRefused(refusal: WildcastError, refusals: number = 0): InterestState {
  return { phase: refusedStatus(refusal), refusals, refusal }
}

/** Returns the status of what is refused with this error. */
export function refusedStatus({ code }: WildcastError): 'denied' | 'error' {
  return code === 'forbidden' || code === 'unauthorized' ? 'denied' : 'error'
}
