import type { Client, WildcastError } from '@wildcast/client'
import {
  createTestRelay,
  type TestClientOptions,
  type TestClock,
  type TestRelay,
  type TestRelayOptions,
} from '@wildcast/testing'
import { onTestFinished } from 'vitest'

/** A client that is online at a test relay. */
export interface Tested {
  readonly client: Client
  readonly relay: TestRelay
  readonly clock: TestClock
  readonly errors: { readonly code: string; readonly stage: string; readonly message: string }[]
}

/** Options of `tested`: those of the relay, and of its client. */
export interface TestedOptions extends Omit<TestRelayOptions, 'onError'> {
  readonly client?: TestClientOptions
}

/** Creates a test relay with a client that has not connected yet. */
export async function started({ client: options, ...rest }: TestedOptions = {}): Promise<Tested> {
  const relay = await createTestRelay(rest)
  const errors: Tested['errors'] = []
  const onError = ({ code, message }: WildcastError, { stage }: { readonly stage: string }): void => {
    errors.push({ code, stage, message })
  }
  const client = relay.createClient({ onError, ...options })
  onTestFinished(() => relay.close())
  return { client, relay, clock: relay.clock, errors }
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
