import type { ClientOptions } from '@wildcast/client'
import type { Broker, BrokerEvents, OpenBroker } from '../../src/core/broker.js'
import type { HistoryRule } from '../../src/core/history-rules.js'
import { createRelay, type Relay } from '../../src/core/relay.js'
import { memory, newId } from '../../src/index.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.js'
import { settled } from '../../src/testing/scripted-link.js'
import { type SdkClient, sdkClient } from './sdk-client.js'

/** A relay in this process, whose broker keeps messages and outlives it. */
export interface SdkRelay {
  readonly clock: FakeClock
  connect(options?: Partial<ClientOptions>): SdkClient
  /** Ends the relay without a word, and starts another on the same broker. */
  restart(rules?: readonly HistoryRule[]): Promise<void>
  /** The link to the broker breaks, and comes back with `up`. */
  link(status: 'up' | 'down'): void
  /** Awaits one turn: what is under way may not have ended. */
  turn(): Promise<void>
  /** Advances the clock in small steps, and awaits what follows. */
  pass(ms: number): Promise<void>
}

/** Opens such a relay. */
export async function sdkRelay(rules: readonly HistoryRule[]): Promise<SdkRelay> {
  const clock = fakeClock()
  let events: BrokerEvents | undefined
  const outside = async (kept: readonly HistoryRule[]): Promise<OpenBroker> => {
    const inner = await memory({ clock, newId, store: memoryStore({ clock, rules: kept }) })({
      status: () => {},
      dropped: () => {},
    })
    return async (own) => {
      events = own
      own.status('up')
      return lasting(inner)
    }
  }
  let open = await outside(rules)
  const start = (): Promise<Relay> => createRelay({ brokers: { main: open }, clock, newId, onError: () => {} })
  let relay = await start()
  const all: SdkClient[] = []
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      clock.advance(Math.min(left, 250))
      await settled()
    }
    for (let turn = 0; turn < 5; turn++) await settled()
  }
  return {
    clock,
    connect(options = {}) {
      const one = sdkClient(() => relay, clock, options)
      all.push(one)
      return one
    },
    async restart(other) {
      if (other) open = await outside(other)
      relay = await start()
      for (const one of all) one.cut()
    },
    link: (status) => events?.status(status),
    turn: settled,
    pass,
  }
}

/** A broker that outlives the relays which use it. */
function lasting(broker: Broker): Broker {
  const { features, values, history } = broker
  return {
    features,
    values,
    history,
    subscribe: (...how) => broker.subscribe(...how),
    publish: (message) => broker.publish(message),
    close: async () => {},
  }
}
