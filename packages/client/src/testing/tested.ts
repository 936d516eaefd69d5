import { type Client, createClient, type OnError } from '@wildcast/client'
import {
  createTestRelay,
  type TestClientOptions,
  type TestClock,
  type TestRelay,
  type TestRelayOptions,
} from '@wildcast/testing'
import { onTestFinished } from 'vitest'
import { type OwnClock, ownClock } from './client-clock.js'

/** A client that is online at a test relay. */
export interface Tested {
  readonly client: Client
  readonly relay: TestRelay
  readonly clock: TestClock
  readonly errors: { readonly code: string; readonly stage: string; readonly message: string }[]
}

/** A client with a clock of its own. */
export interface Timed extends Tested {
  readonly own: OwnClock
}

/** Options of `tested`: those of the relay, and of its client. */
export interface TestedOptions extends Omit<TestRelayOptions, 'onError'> {
  readonly client?: TestClientOptions
}

/** Creates a test relay with a client that has not connected yet. */
export async function started({ client: options, ...rest }: TestedOptions = {}): Promise<Tested> {
  const { relay, errors, onError } = await openRelay(rest)
  return { client: relay.createClient({ onError, ...options }), relay, clock: relay.clock, errors }
}

/** As `started`, for a test that counts the timers of the client, or lets its machine sleep. */
export async function timed({ client: options, ...rest }: TestedOptions = {}): Promise<Timed> {
  const { relay, errors, onError } = await openRelay(rest)
  const { transport, clock } = relay
  const own = ownClock(clock)
  const client = createClient({ url: 'ws://relay.test', transport, clock: own, onError, ...options })
  return { client, relay, clock, errors, own }
}

/** Creates a test relay that is closed with the test, and the errors of its clients. */
async function openRelay(
  options: Omit<TestRelayOptions, 'onError'>,
): Promise<Pick<Tested, 'relay' | 'errors'> & { readonly onError: OnError }> {
  const relay = await createTestRelay(options)
  const errors: Tested['errors'][number][] = []
  onTestFinished(() => relay.close())
  return { relay, errors, onError: ({ code, message }, { stage }) => void errors.push({ code, stage, message }) }
}

/** Creates a test relay with a client that is online. */
export async function tested(options: TestedOptions = {}): Promise<Tested> {
  const one = await started(options)
  await one.relay.settled()
  return one
}

/** The relay ends, with all its sessions, and the client is back in a new one. */
export async function loseSession({ client, relay }: Pick<Tested, 'client' | 'relay'>): Promise<void> {
  await relay.restart()
  client.reconnect()
  await relay.settled()
}
