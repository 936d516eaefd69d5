import type { Undo } from './clock.js'
import type { Core } from './core.js'
import { type Interest, openInterest, type SubscriptionFrame } from './interest.js'
import type { Listener, Want } from './listener.js'

/** All subscriptions of a client. */
export interface Subscriptions {
  /** @throws {WildcastError} `already_served` */
  add(want: Want, listener: Listener): Undo
  /** Hands a frame to those that it concerns; false where nobody has its id. */
  hear(frame: SubscriptionFrame): boolean
  each(run: (interest: Interest) => void): void
}

/** Opens the table of subscriptions. */
export function openSubscriptions(core: Core): Subscriptions {
  const interests = new Map<string, Interest>()
  /** By id, as long as no id changes: messages are many, and find theirs without a search. */
  const found = new Map<number | undefined, Interest[]>()
  const moved = (): void => found.clear()
  /** Several have one id where a broker is wanted by its name and as the default, which the relay knows to be one. */
  const at = (id: number | undefined): Interest[] => {
    const known = found.get(id) ?? [...interests.values()].filter((interest) => id && interest.id === id)
    found.set(id, known)
    return known
  }
  const open = (want: Want, key: string): Interest => {
    const interest = openInterest(want, core, moved, (id) => {
      interests.delete(key)
      moved()
      if (id !== undefined && at(id).length === 0) core.link.send({ kind: 'Unsubscribe', id })
    })
    interests.set(key, interest)
    return interest
  }

  return {
    add(want, listener) {
      const key = JSON.stringify(want)
      return (interests.get(key) ?? open(want, key)).add(listener)
    },
    hear(frame) {
      const concerned = at(frame.id)
      for (const interest of concerned) interest.hear(frame)
      return concerned.length > 0
    },
    each: (run) => interests.forEach(run),
  }
}
