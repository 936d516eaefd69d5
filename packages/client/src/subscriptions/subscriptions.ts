import type { Undo } from '../time/clock.js'
import { ClientInterest } from './client-interest.js'
import type { InterestEvent } from './interest-life.js'
import type { FrameReceiver, InterestPorts, SubscriptionFrame } from './interest-ports.js'
import type { SubscriptionListener, SubscriptionSpec } from './subscription-listener.js'

/** The parts of the client that subscriptions use. */
export type SubscriptionsPorts = Omit<InterestPorts, 'renamed' | 'ended'>

/** All subscriptions of a client. */
export interface Subscriptions {
  /** @throws {WildcastError} `already_served` */
  add(spec: SubscriptionSpec, listener: SubscriptionListener): Undo
  /** Passes a frame to the interests with its id. Returns false if no interest has it. */
  receive(frame: SubscriptionFrame, receivedAt: number): boolean
  /** Applies an event to all interests. */
  handle(event: InterestEvent): void
  /** Notifies the listeners whose status has changed. */
  notify(): void
  /** Leaves groups before the client closes, so that other members get unhandled messages. */
  leave(): void
  /** The client is closed: ends all listeners. */
  close(): void
}

/** Opens the table of subscriptions. */
export function openSubscriptions(ports: SubscriptionsPorts): Subscriptions {
  const { exchanges } = ports
  const interests = new Map<string | SubscriptionSpec, ClientInterest>()
  /**
   * Interests by id. Two have the same id if one names the default broker and the other doesn't.
   */
  const byId = new Map<number | undefined, Set<FrameReceiver>>()
  const each = (run: (interest: ClientInterest) => void): void => interests.forEach(run)
  const interestPorts: InterestPorts = {
    ...ports,
    renamed(interest, from, to) {
      const sharing = byId.get(from)
      if (sharing?.delete(interest) && sharing.size === 0) byId.delete(from)
      if (to !== undefined) byId.set(to, (byId.get(to) ?? new Set()).add(interest))
    },
    ended(spec, id, handled) {
      interests.delete(keyOf(spec))
      if (id === undefined || byId.has(id) || !exchanges.notify({ kind: 'Unsubscribe', id, handled })) return
      for (const other of interests.values()) if (other.handle({ type: 'wanted' })) break
    },
  }

  return {
    add(spec, listener) {
      const key = keyOf(spec)
      const interest = interests.get(key) ?? new ClientInterest(spec, interestPorts)
      interests.set(key, interest)
      return interest.add(listener)
    },
    receive(frame, receivedAt) {
      const receivers = byId.get(frame.id)
      let isLost = false
      for (const interest of receivers ?? []) isLost = interest.receive(frame, receivedAt) || isLost
      // A new subscription gets kept messages as fast as the client reads, and no live ones before.
      if (isLost && frame.id !== undefined && exchanges.notify({ kind: 'Unsubscribe', id: frame.id }))
        for (const interest of [...(receivers ?? [])]) interest.handle({ type: 'opened' })
      return !!receivers
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

function keyOf(spec: SubscriptionSpec): string | SubscriptionSpec {
  const { retained, count, after, last } = spec
  return retained || count || (after ?? last) !== undefined ? spec : JSON.stringify(spec)
}
