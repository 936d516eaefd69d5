import { all, endOfTurn, latest, message, type OutboxOnWire, openedOutbox } from './opened-outbox.js'
import { type ScriptedWire, scriptedWire } from './scripted-wire.js'

export const feed = all(1)
export const newest = latest(2)

/** Returns an outbox whose frames are kept until they are confirmed. */
export function opened(room = 10_000): ReturnType<typeof openedOutbox> {
  const one = openedOutbox(undefined, room)
  one.outbox.encodeWith(one.outbox.encoder, 'kept')
  return one
}

/** Attaches a new wire after `handled` frames. */
export function reattach({ outbox }: OutboxOnWire, handled: number): ScriptedWire {
  const wire = scriptedWire()
  outbox.attach(wire, handled, new Uint8Array())
  return wire
}

/** Delivers messages, and ends the turn. */
export async function deliver({ outbox }: OutboxOnWire, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) outbox.deliver(message(feed, text))
  await endOfTurn()
}
