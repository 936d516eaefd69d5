import type { Core } from '../core.js'
import type { Undo } from '../time/clock.js'
import { type Interest, openInterest, type SubscriptionFrame } from './interest.js'
import type { Listener, Want } from './listener.js'

/** All subscriptions of a client. */
export interface Subscriptions {
  /** @throws {WildcastError} `already_served` */
  add(want: Want, listener: Listener): Undo
  /** Hands a frame to those that it concerns; false where nobody has its id. */
  hear(frame: SubscriptionFrame, receivedAt: number): boolean
  each(run: (interest: Interest) => void): void
}

/** Opens the table of subscriptions. */
export function openSubscriptions(core: Core): Subscriptions {
  const interests = new Map<string, Interest>()
  /** By id. Several have one where a broker is wanted by its name and as the default, which the relay knows to be one. */
  const named = new Map<number | undefined, Set<Interest>>()
  const open = (want: Want, key: string): Interest => {
    const rename = (from: number | undefined, to: number | undefined): void => {
      const sharing = named.get(from)
      if (sharing?.delete(interest) && sharing.size === 0) named.delete(from)
      if (to !== undefined) named.set(to, (named.get(to) ?? new Set()).add(interest))
    }
    const interest = openInterest(want, core, rename, (id) => {
      interests.delete(key)
      if (id === undefined || named.has(id) || !core.link.send({ kind: 'Unsubscribe', id })) return
      for (const other of interests.values()) if (other.retryLimit()) break // one place is free now
    })
    interests.set(key, interest)
    return interest
  }

  return {
    add(want, listener) {
      const key = JSON.stringify(want)
      return (interests.get(key) ?? open(want, key)).add(listener)
    },
    hear(frame, receivedAt) {
      const concerned = named.get(frame.id)
      for (const interest of concerned ?? []) interest.hear(frame, receivedAt)
      return !!concerned
    },
    each: (run) => interests.forEach(run),
  }
}
