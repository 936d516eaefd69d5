import { setImmediate as turn } from 'node:timers/promises'
import { type BrokerMessage, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { foreignBroker } from '../brokers/foreign/foreign-broker.js'
import type { Broker, Interest } from '../core/broker.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type ScriptedConnection, type ScriptedDriver, scriptedDriver } from './scripted-driver.js'

/** A foreign broker whose driver and clock a test controls. */
export interface ScriptedLink {
  readonly broker: Broker
  readonly driver: ScriptedDriver
  readonly clock: FakeClock
  /** Status changes, dropped messages and deliveries, in order. */
  readonly log: string[]
  /** The newest connection. */
  now(): ScriptedConnection
  /** Advances the clock, and awaits what follows. */
  pass(ms: number): Promise<void>
}

export async function scriptedLink(
  driver = scriptedDriver(),
  settings: { publishTimeoutMs?: number; pingIntervalMs?: number } = {},
): Promise<ScriptedLink> {
  const clock = fakeClock()
  const log: string[] = []
  const opening = foreignBroker(driver, { clock, newId: () => 'id', maxPayload: 20, ...settings })
  const broker = await opening({
    status: (now, cause) => log.push(cause instanceof Error ? `${now}: ${cause.message}` : now),
    dropped: (why) => log.push(`dropped ${why}`),
  })
  return {
    broker,
    driver,
    clock,
    log,
    now: () => driver.connections.at(-1) as ScriptedConnection,
    async pass(ms) {
      clock.advance(ms)
      await settled()
    },
  }
}

export const down = (why: string): WildcastError => new WildcastError('broker_down', why)

/** Resolves when callbacks of settled promises have run. */
export const settled = (): Promise<void> => turn()

export const interest = (pattern: string, more: Omit<Interest, 'pattern'> = {}): Interest => ({
  pattern: parsePattern(pattern),
  ...more,
})

export const message = (subject: string, payload = 'x'): BrokerMessage => ({ subject: parseSubject(subject), payload })
