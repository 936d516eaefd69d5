import { type GapFrame, type MessageFrame, type UnsubscribedFrame, WildcastError } from '@wildcast/protocol'
import type { Listener } from './audience.js'
import type { Undo } from './clock.js'
import { toError } from './failure.js'
import { Interest, type Registry, type Surroundings, type Want } from './interest.js'

/** All subscriptions of a client. */
export interface Subscriptions {
  /** @throws {WildcastError} `already_served` */
  add(want: Want, listener: Listener): Undo
  message(frame: MessageFrame): void
  gap(frame: GapFrame): void
  /** A subscription has ended at the relay. */
  ended(frame: UnsubscribedFrame): void
  /** An error about one subscription; false where nobody has that id. */
  fail(id: number | undefined, error: WildcastError): boolean
  /** There is a new connection, which knows nothing of us. */
  greet(): void
  /** The connection is gone; with a refusal, for good. */
  lost(refusal: WildcastError | undefined): void
  /** The client's own status has changed. */
  tell(): void
  /** After the last `lost`. */
  close(): void
}

/** Opens the table of subscriptions. */
export function openSubscriptions(around: Surroundings): Subscriptions {
  const interests = new Map<string, Interest>()
  const { at, clear, take, registry } = openIndex(around.send, ({ want }) => interests.delete(keyOf(want)))
  const each = (run: (interest: Interest) => void): void => interests.forEach(run)
  const again = (interest: Interest): void => {
    interest.lose()
    if (!interest.audience.empty) interest.ask()
  }

  return {
    add(want, listener) {
      const key = keyOf(want)
      const interest = interests.get(key) ?? new Interest(want, around, registry)
      if (want.serve && !interest.audience.empty)
        throw new WildcastError('already_served', `this client serves ${want.subject} already: undo that first`)
      interests.set(key, interest)
      return interest.add(listener)
    },
    message(frame) {
      for (const interest of at(frame.id)) interest.deliver(frame)
    },
    gap({ id, missed }) {
      for (const { audience } of at(id)) audience.gap(missed === undefined ? {} : { missed })
    },
    ended({ id, error }) {
      for (const interest of take(id)) {
        if (error) interest.refuse(toError(error))
        else again(interest) // it shared its id with one that left
      }
    },
    fail(id, error) {
      for (const interest of at(id)) interest.fail(error)
      return at(id).length > 0
    },
    greet: () => each(again),
    lost(refusal) {
      clear()
      each((interest) => (refusal ? interest.refuse(refusal) : interest.lose()))
    },
    tell: () => each((interest) => interest.tell()),
    close() {
      each(({ audience }) => audience.close())
      interests.clear()
    },
  }
}

interface Index {
  at(id: number | undefined): readonly Interest[]
  /** Those at an id, which is then free. */
  take(id: number): readonly Interest[]
  clear(): void
  readonly registry: Registry
}

/** Interests by the relay's ids: a message finds its own without a search. */
function openIndex(send: Surroundings['send'], forget: (interest: Interest) => void): Index {
  // Several for one id where a broker is wanted by its name and as the default: the relay knows that they are one.
  const byId = new Map<number, readonly Interest[]>()
  const at: Index['at'] = (id) => (id !== undefined && byId.get(id)) || []
  return {
    at,
    take(id) {
      const found = at(id)
      byId.delete(id)
      return found
    },
    clear: () => byId.clear(),
    registry: {
      confirmed: (interest, id) => byId.set(id, [...at(id), interest]),
      left(interest, id) {
        forget(interest)
        if (id === undefined) return
        const others = at(id).filter((other) => other !== interest)
        if (others.length > 0) byId.set(id, others)
        else if (byId.delete(id)) send({ kind: 'Unsubscribe', id })
      },
    },
  }
}

function keyOf(want: Want): string {
  return JSON.stringify([want.subject, want.broker, want.group, want.serve])
}
