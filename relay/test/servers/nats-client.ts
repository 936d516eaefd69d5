import { type ConnectionOptions, connect, type NatsConnection } from 'nats'
import type { Nats } from './nats.js'

/** A client without Wildcast, which does not reconnect. */
export function natsClient({ url }: Pick<Nats, 'url'>, options: ConnectionOptions = {}): Promise<NatsConnection> {
  return connect({ servers: url, reconnect: false, ...options })
}
