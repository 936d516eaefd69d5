import { type ConnectionOptions, connect, type NatsConnection } from 'nats'
import type { Nats } from './nats.js'

/** Somebody else's client, which doesn't come back when its link is lost. */
export function natsClient({ url }: Pick<Nats, 'url'>, options: ConnectionOptions = {}): Promise<NatsConnection> {
  return connect({ servers: url, reconnect: false, ...options })
}
