import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import type { Session } from '../core/session.js'
import type { ClientSubscription } from '../core/subscription.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type ScriptedBroker, scriptedBroker } from './scripted-broker.js'

/** Opens a relay with a scripted broker and a fake clock, and collects its errors. */
export async function relayOn(
  scripted: ScriptedBroker = scriptedBroker(),
  options: Partial<RelayOptions> = {},
): Promise<{ relay: Relay; clock: FakeClock; errors: string[] }> {
  const clock = fakeClock()
  const errors: string[] = []
  let id = 0
  const relay = await createRelay({
    brokers: { main: scripted.open },
    clock,
    newId: () => `id${++id}`,
    onError: ({ code }, { stage }) => errors.push(`${stage} ${code}`),
    ...options,
  })
  return { relay, clock, errors }
}

/** Resolves with the confirmed subscription. */
export async function subscribe(session: Session, subject: string, more: object = {}): Promise<ClientSubscription> {
  let got: ClientSubscription | undefined
  await session.subscribe({ subject, ...more }, (subscription) => {
    got = subscription
  })
  return got as ClientSubscription
}
