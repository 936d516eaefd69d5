import type { Undo } from '../time/clock.js'
import { ClientInterest } from './client-interest.js'
import type { InterestEvent } from './interest-life.js'
import type { FrameReceiver, InterestPorts, SubscriptionFrame } from './interest-ports.js'
import type { SubscriptionListener, SubscriptionSpec } from './subscription-listener.js'

/** What subscriptions need of the client. */
export type SubscriptionsPorts = Omit<InterestPorts, 'renamed' | 'ended'>

/** All subscriptions of a client. */
export interface Subscriptions {
  /** @throws {WildcastError} `already_served` */
  add(want: SubscriptionSpec, listener: SubscriptionListener): Undo
  /** Hands a frame to those that it concerns; false if none has its id. */
  receive(frame: SubscriptionFrame, receivedAt: number): boolean
  /** Something has happened to all. */
  handle(event: InterestEvent): void
  /** Notifies all listeners of their status, if it has changed. */
  notify(): void
  /** The client is about to be closed: others may have what is not handled of queues. */
  leave(): void
  /** The client is closed: nothing comes any more. */
  close(): void
}

/** Opens the table of subscriptions. */
export function openSubscriptions(ports: SubscriptionsPorts): Subscriptions {
  const { exchanges } = ports
  const interests = new Map<string, ClientInterest>()
  /**
   * By id. Several have one if a broker is wanted by its name and as the default, which the relay
   * knows to be one.
   */
  const named = new Map<number | undefined, Set<FrameReceiver>>()
  const each = (run: (interest: ClientInterest) => void): void => interests.forEach(run)
  const interestPorts: InterestPorts = {
    ...ports,
    renamed(interest, from, to) {
      const sharing = named.get(from)
      if (sharing?.delete(interest) && sharing.size === 0) named.delete(from)
      if (to !== undefined) named.set(to, (named.get(to) ?? new Set()).add(interest))
    },
    ended(want, id, handled) {
      interests.delete(keyOf(want))
      if (id === undefined || named.has(id) || !exchanges.notify({ kind: 'Unsubscribe', id, handled })) return
      for (const other of interests.values()) if (other.handle({ type: 'wanted' })) break
    },
  }

  return {
    add(want, listener) {
      const key = keyOf(want)
      const interest = interests.get(key) ?? new ClientInterest(want, interestPorts)
      interests.set(key, interest)
      return interest.add(listener)
    },
    receive(frame, receivedAt) {
      const concerned = named.get(frame.id)
      for (const interest of concerned ?? []) interest.receive(frame, receivedAt)
      return !!concerned
    },
    handle: (event) => each((interest) => interest.handle(event)),
    notify: () => each((interest) => interest.notify()),
    leave: () =>
      each(({ queue }) => {
        if (queue) exchanges.notify({ kind: 'Unsubscribe', ...queue })
      }),
    close: () => each((interest) => interest.close()),
  }
}

function keyOf(want: SubscriptionSpec): string {
  return JSON.stringify(want)
}
