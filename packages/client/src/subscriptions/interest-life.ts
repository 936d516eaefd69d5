import type { WildcastError } from '@wildcast/protocol/client'
import { backoffMs } from '../time/backoff.js'

/** What every state has: how often the relay has refused in a row. Only some have the rest. */
interface Common {
  readonly refusals: number
  readonly id?: undefined
  readonly pattern?: undefined
  readonly refusal?: undefined
}
/** The relay is not asked, since no transport is open; or asked, and has not answered yet. */
interface Pending extends Common {
  readonly phase: 'connecting' | 'syncing'
}
/** Confirmed. Without a listener it lingers. */
interface Ready extends Omit<Common, 'id' | 'pattern'> {
  readonly phase: 'ready'
  readonly id: number
  /** In its normal form. */
  readonly pattern: string
}
interface Refused extends Omit<Common, 'refusal'> {
  readonly phase: 'denied' | 'error'
  readonly refusal: WildcastError
}

/** The state of an interest. */
export type InterestState = Pending | Ready | Refused

/** Everything that can happen to an interest. */
export type InterestEvent =
  /**
   * A listener has joined; or another subscription has ended, and the relay may have a place for
   * this one.
   */
  | { readonly type: 'wanted' }
  /** The last listener has left. */
  | { readonly type: 'left' }
  /**
   * Frames can be sent; or the relay has ended the subscription, though nothing is wrong with it.
   */
  | { readonly type: 'opened' }
  | { readonly type: 'confirmed'; readonly id: number; readonly subject: string }
  /** The relay refuses it, or the whole connection, or takes back what it had confirmed. */
  | { readonly type: 'refused'; readonly reason: WildcastError }
  /** The one timer. */
  | { readonly type: 'fired' }
  /** The connection is lost, or frames can't be sent after all. */
  | { readonly type: 'lost' }

/** What decides beside the state. */
export interface InterestFacts {
  /** Whether anyone listens. */
  readonly wanted: boolean
  /** What the relay gives to one subscriber only is left at once. */
  readonly exclusive: boolean
  /** A number from 0 up to 1 to draw lots with. */
  readonly chance: number
}

/** What follows from an event, to be done in this order. Another state stops the one timer. */
export interface InterestStep {
  readonly to: InterestState
  readonly armMs?: number
  /** Send a `Subscribe`. */
  readonly subscribe?: true
  /** Listeners that have been ready before have missed messages. */
  readonly gap?: true
  /** Forget the interest, and unsubscribe the id that the relay still knows. */
  readonly over?: { readonly id: number | undefined }
}

/**
 * An undo within this time costs nothing on the wire: React mounts twice, routes change and come
 * back.
 */
const lingerMs = 1_000

/**
 * The life of an interest, as a function of what happens to it. The app is notified of each new
 * refusal.
 */
export function stepInterest(from: InterestState, event: InterestEvent, facts: InterestFacts): InterestStep {
  const step = next(from, event, facts.chance)
  const { id, phase } = step.to
  // A relay that is about to give it an id can be asked to unsubscribe only then.
  if (facts.wanted || phase === 'syncing' || event.type === 'wanted') return step
  if (phase === 'ready' && !facts.exclusive && event.type !== 'fired') return { ...step, armMs: lingerMs }
  return { to: { phase: 'connecting', refusals: 0 }, over: { id } }
}

/** What follows for an interest that someone wants. */
function next(from: InterestState, event: InterestEvent, chance: number): InterestStep {
  const { phase, refusals } = from
  const ask: InterestStep = { to: { phase: 'syncing', refusals }, subscribe: true }
  switch (event.type) {
    case 'wanted':
      return phase === 'connecting' || from.refusal?.code === 'too_many_subscriptions' ? ask : { to: from }
    case 'opened':
      return ask
    case 'confirmed':
      return { to: { phase: 'ready', refusals: 0, id: event.id, pattern: event.subject }, gap: true }
    case 'left':
      return { to: from }
    case 'fired':
      return phase === 'ready' ? { to: from } : ask
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

/** An interest that has been refused. */
export function toRefused(refusal: WildcastError, refusals: number = 0): InterestState {
  const { code } = refusal
  return { phase: code === 'forbidden' || code === 'unauthorized' ? 'denied' : 'error', refusals, refusal }
}
