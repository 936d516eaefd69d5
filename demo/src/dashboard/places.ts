import { client } from '../bridge.js'
import type { StreamName } from './store.js'

/** The broker that carries a stream if the relay has it. */
const best: Record<StreamName, string> = { sensors: 'mqtt', prices: 'redis', orders: 'nats' }

/** The broker of a stream; undefined if that is the relay's default, or none is known yet. */
export function brokerOf(stream: StreamName): string | undefined {
  return client.welcome?.brokers.find(({ name }) => name === best[stream])?.name
}
