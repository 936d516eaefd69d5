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

/** Somebody else's client, until the test is done. */
export async function stranger(server: Nats): Promise<NatsConnection> {
  const client = await natsClient(server)
  onTestFinished(() => client.close())
  return client
}

/** How many subscriptions each client has at the server. */
export async function subscriptionsAt(server: Nats): Promise<number[]> {
  const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
    connections: { subscriptions: number }[]
  }
  return connections.map(({ subscriptions }) => subscriptions)
}

/** A link until the test is done, and what it says of itself: `up`, or why it is down. */
export async function opened(settings: NatsSettings): Promise<{ readonly broker: Broker; readonly said: string[] }> {
  const said: string[] = []
  const broker = await nats(settings, { clock: realClock, newId })({
    status: (now, cause) => said.push(now === 'up' ? now : (cause as Error).message),
    dropped: () => {},
  })
  onTestFinished(() => broker.close())
  return { broker, said }
}

/** Opens a link until the test is done, and tells what it said: `up`, or why it is down. */
export async function linked(settings: NatsSettings): Promise<string[]> {
  const { broker, said } = await opened(settings)
  // What is confirmed shows that the server takes more than the handshake.
  if (said[0] === 'up') await broker.subscribe({ pattern: parsePattern('a.*') }, deaf)
  return said
}

export async function whyDown(settings: NatsSettings): Promise<string | undefined> {
  const [said] = await linked(settings)
  return said
}

/**
 * Publishes with headers that no client library would write; resolves when the server has taken
 * them.
 */
export async function natsRaw({ port }: Nats, subject: string, head: string): Promise<void> {
  const socket = tcp({ port, host: '127.0.0.1' })
  socket.write('CONNECT {"headers":true,"verbose":false}\r\n')
  socket.write(`HPUB ${subject} ${head.length} ${head.length}\r\n${head}\r\nPING\r\n`)
  let heard = ''
  for await (const bytes of socket) {
    heard += String(bytes)
    if (/PONG|ERR/.test(heard)) break
  }
  if (heard.includes('ERR')) throw new Error(heard)
}
