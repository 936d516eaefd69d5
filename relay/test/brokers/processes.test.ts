// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type Client, createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { folderWith, portsOf, says, start } from '../command.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startMosquitto } from '../servers/mosquitto.js'
import { startNats } from '../servers/nats.js'
import { startRedis } from '../servers/redis.js'
import { kinds } from './kinds.js'

// Relays in their own processes, as users run them.

const password = 's3cret@/%'

async function connect(child: ChildProcess): Promise<Client> {
  const [port] = await portsOf(child, 1)
  const client = createClient({ url: `ws://127.0.0.1:${port}`, WebSocket })
  onTestFinished(() => client.close())
  return client
}

describe.each(Object.entries(kinds))('two processes of wildcast gateway over %s', (_, kind) => {
  it('share a queue: each of 1000 messages goes to one member (SP-BRK-6, SP-CLI-1)', async () => {
    const server = endsWithTest(await kind.start())
    const gateway = (): ChildProcess => start(['gateway', '-p', '0', '--broker', kind.query(server.port)])
    const members = await Promise.all([connect(gateway()), connect(gateway())])
    const taken = await Promise.all(members.map(work))
    const orders = Array.from({ length: 1000 }, (_, i) => i)
    await Promise.all(orders.map((order, i) => members[i % 2 === 0 ? 0 : 1].publish(`order.${order % 3}`, order)))
    await expect.poll(() => taken.flat().length).toBe(1000)
    expect(taken.flat().sort((a, b) => a - b)).toEqual(orders)
    for (const mine of taken) expect(mine.length).toBeGreaterThan(50)
  })
})

/** Joins the queue. Resolves with the list of orders that it takes. */
async function work(client: Client): Promise<number[]> {
  const mine: number[] = []
  await new Promise<void>((resolve) => {
    client.subscribe('order.*', (message) => mine.push(message.data as number), {
      group: 'packers',
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return mine
}

describe('wildcast up', () => {
  const toml = (ports: Readonly<Record<'redis' | 'nats' | 'mqtt', number>>): string => `port = 0
host = "127.0.0.1"

[brokers.main]
type = "redis"
url = "redis://127.0.0.1:${ports.redis}"
password = "\${SECRET}"

[brokers.events]
type = "nats"
addresses = ["127.0.0.1:${ports.nats}"]
auth = { User = { user = "relay", password = "\${SECRET}" } }

[brokers.sensors]
type = "mqtt"
address = "mqtt://127.0.0.1:${ports.mqtt}"
credentials = { username = "relay", password = "\${SECRET}" }

[[bridge]]
from = "sensors:temp.**"
to = "events"
`
  const startAll = async () => {
    const [redis, nats, mqtt] = await Promise.all([
      startRedis({ password }),
      startNats({ config: `authorization { user: relay, password: "${password}" }` }),
      startMosquitto({ users: { relay: password } }),
    ])
    for (const server of [redis, nats, mqtt]) endsWithTest(server)
    return { redis: redis.port, nats: nats.port, mqtt: mqtt.port }
  }

  it('opens Redis, NATS and MQTT together, with secrets from the environment and a bridge', async () => {
    const cwd = await folderWith('wildcast.toml', toml(await startAll()))
    const child = start(['up'], { cwd, env: { SECRET: password } })
    const client = await connect(child)
    const received: string[] = []
    for (const broker of ['main', 'events', 'sensors'])
      await new Promise<void>((resolve) => {
        client.broker(broker).subscribe('temp.*', (message) => received.push(`${message.broker} ${message.text()}`), {
          onStatus: (status) => status === 'ready' && resolve(),
        })
      })
    await client.publish('temp.a', 'on the default')
    await expect.poll(() => received).toEqual(['main on the default'])
    await client.broker('sensors').publish('temp.b', 'over the bridge')
    await expect.poll(() => received.slice(1).sort()).toEqual(['events over the bridge', 'sensors over the bridge'])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('names the settings key of each password that a broker refuses, never its value', async () => {
    const cwd = await folderWith('wildcast.toml', toml(await startAll()))
    const child = start(['up'], { cwd, env: { SECRET: 'wr0ng@/%' } })
    const log = await says(child.stderr, /\\?"(?:password|credentials|auth)\\?"/, 3)
    for (const broker of ['main', 'events', 'sensors']) expect(log).toContain(broker)
    const [port] = await portsOf(child, 1)
    const ready = await (await fetch(`http://127.0.0.1:${port}/readyz`)).text()
    for (const text of [log, ready]) expect(text).not.toMatch(/wr0ng|s3cret|\n\s+at /)
  })
})
