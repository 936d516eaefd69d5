import { connect as tcp } from 'node:net'
import { parsePattern } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import { onTestFinished } from 'vitest'
import { nats } from '../../src/brokers/nats.js'
import type { NatsSettings } from '../../src/brokers/settings.js'
import type { Broker } from '../../src/core/broker.js'
import { newId, realClock } from '../../src/index.js'
import { deaf } from '../../src/testing/listener.js'
import type { Nats } from '../servers/nats.js'
import { natsClient } from '../servers/nats-client.js'
import { type TestLink, testLink } from './link.js'

/** A relay's link to NATS. */
export function natsLink(server: Pick<Nats, 'url'>, settings: Partial<NatsSettings> = {}): Promise<TestLink> {
  return testLink(nats({ addresses: [server.url], ...settings }, { clock: realClock, newId }))
}

/** Connects a client that is no relay, until the test has finished. */
export async function stranger(server: Nats): Promise<NatsConnection> {
  const client = await natsClient(server)
  onTestFinished(() => client.close())
  return client
}

/** Returns the number of subscriptions of each client at the server. */
export async function subscriptionsAt(server: Nats): Promise<number[]> {
  const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
    connections: { subscriptions: number }[]
  }
  return connections.map(({ subscriptions }) => subscriptions)
}

/** Opens a link until the test has finished. `events` holds `up`, or the cause of being down. */
export async function opened(settings: NatsSettings): Promise<{ readonly broker: Broker; readonly events: string[] }> {
  const events: string[] = []
  const broker = await nats(settings, { clock: realClock, newId })({
    status: (now, cause) => events.push(now === 'up' ? now : (cause as Error).message),
    dropped: () => {},
  })
  onTestFinished(() => broker.close())
  return { broker, events }
}

/** Opens a link until the test has finished, and returns its events. */
export async function linked(settings: NatsSettings): Promise<string[]> {
  const { broker, events } = await opened(settings)
  // A confirmed subscription shows that the server accepts more than the handshake.
  if (events[0] === 'up') await broker.subscribe({ pattern: parsePattern('a.*') }, deaf)
  return events
}

/** Returns the cause of the first failure of a link. */
export async function whyDown(settings: NatsSettings): Promise<string | undefined> {
  const [events] = await linked(settings)
  return events
}

/**
 * Publishes with raw headers, which a client library would refuse. Resolves when the server has
 * accepted them.
 */
export async function natsRaw({ port }: Nats, subject: string, head: string): Promise<void> {
  const socket = tcp({ port, host: '127.0.0.1' })
  socket.write('CONNECT {"headers":true,"verbose":false}\r\n')
  socket.write(`HPUB ${subject} ${head.length} ${head.length}\r\n${head}\r\nPING\r\n`)
  let received = ''
  for await (const bytes of socket) {
    received += String(bytes)
    if (/PONG|ERR/.test(received)) break
  }
  if (received.includes('ERR')) throw new Error(received)
}
