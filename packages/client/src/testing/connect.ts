import type { WildcastError } from '@wildcast/protocol'
import type { ErrorStage } from '../app/report-error.js'
import { type Client, createClient } from '../client.js'
import type { ClientOptions } from '../options.js'
import { createFakeClock, type FakeClock, settle } from './fake-clock.js'
import { createScriptedRelay, type ScriptedRelay } from './scripted-relay.js'

/** A client and its relay. */
export interface Connected {
  readonly client: Client
  readonly relay: ScriptedRelay
  readonly clock: FakeClock
  readonly errors: { readonly code: string; readonly stage: ErrorStage; readonly message: string }[]
}

/** Creates a client that has not connected yet. */
export function start(options: Partial<ClientOptions> = {}): Connected {
  const relay = createScriptedRelay()
  const clock = createFakeClock()
  const errors: Connected['errors'] = []
  const onError = (error: WildcastError, { stage }: { stage: ErrorStage }): void => {
    errors.push({ code: error.code, stage, message: error.message })
  }
  const client = createClient({ url: 'ws://relay.test', transport: relay.transport, clock, onError, ...options })
  return { client, relay, clock, errors }
}

/** Creates a client that is online. */
export async function connect(options: Partial<ClientOptions> = {}): Promise<Connected> {
  const connected = start(options)
  await settle()
  return connected
}
