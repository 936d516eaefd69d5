import path from 'node:path'
import { connectAsync } from 'mqtt'
import { onTestFinished } from 'vitest'
import { memory, mqtt, nats, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import { sqlite } from '../../src/stores/sqlite.js'
import { startMosquitto } from '../servers/mosquitto.js'
import { startNats } from '../servers/nats.js'
import type { Program } from '../servers/program.js'
import { startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { startRelay } from '../start-relay.js'
import { nameHeader } from './value-history.js'

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000, resume: 20_000 }

/** Relays that share a store. */
export interface StoreUnderTest {
  readonly urls: readonly string[]
  /** Disturbs the store, if the case has a fault. */
  readonly disturb?: () => Promise<void> | void
  /**
   * For a store without revisions: resolves with the names of all changes, in the order of the
   * broker, once it has had the last one. See `nameHeader`.
   */
  readonly order?: (last: string) => Promise<readonly string[]>
}

async function opened(brokers: readonly RelayServerOptions['brokers'][]): Promise<readonly string[]> {
  const relays = await Promise.all(brokers.map((brokers) => startRelay({ brokers, limits })))
  return relays.map(({ address }) => `ws://${address}`)
}

/** A server answers nothing for a while. */
export async function standStill(server: Program): Promise<void> {
  await server.pause()
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  server.resume()
}

const ports = { clock: realClock, newId }

/** All stores, some of them with faults. */
export const storesUnderTest: Readonly<Record<string, () => Promise<StoreUnderTest>>> = {
  'in memory': async () => ({ urls: await opened([{ main: memory(ports) }]) }),
  async 'on disk'() {
    const file = path.join(temporaryFolder(), 'values.db')
    const store = sqlite({ file, clock: realClock, limits: defaultStoreLimits })
    return { urls: await opened([{ main: memory({ ...ports, store }) }]) }
  },
  async 'on Redis, over two relays'() {
    const { url } = await startRedis()
    return { urls: await opened([{ main: redis({ url }, ports) }, { main: redis({ url }, ports) }]) }
  },
  async 'on Redis, with a link that is cut again and again'() {
    const { url, port } = await startRedis()
    const proxy = await openProxy(port)
    const cutOff = redis({ url: `redis://127.0.0.1:${proxy.port}` }, ports)
    const urls = await opened([{ main: redis({ url }, ports) }, { main: cutOff }])
    return { urls, disturb: () => proxy.cut() }
  },
  async 'on a Redis that stands still again and again'() {
    const server = await startRedis()
    const { url } = server
    const urls = await opened([{ main: redis({ url }, ports) }, { main: redis({ url }, ports) }])
    return { urls, disturb: () => standStill(server) }
  },
  async 'on NATS, over two relays'() {
    const settings = { addresses: [(await startNats({ jetstream: true })).url] }
    return { urls: await opened([{ main: nats(settings, ports) }, { main: nats(settings, ports) }]) }
  },
  async 'on NATS, with a link that is cut again and again'() {
    const { url, port } = await startNats({ jetstream: true })
    const proxy = await openProxy(port)
    const cutOff = nats({ addresses: [`127.0.0.1:${proxy.port}`] }, ports)
    const urls = await opened([{ main: nats({ addresses: [url] }, ports) }, { main: cutOff }])
    return { urls, disturb: () => proxy.cut() }
  },
  async 'on a NATS server that stands still again and again'() {
    const server = await startNats({ jetstream: true })
    const settings = { addresses: [server.url] }
    const urls = await opened([{ main: nats(settings, ports) }, { main: nats(settings, ports) }])
    return { urls, disturb: () => standStill(server) }
  },
}

/** All stores without revisions, some of them with faults. They have values, but no conditions. */
export const unnumberedStores: Readonly<Record<string, () => Promise<StoreUnderTest>>> = {
  async 'on MQTT, over two relays'() {
    const { url, order } = await startObservedMosquitto()
    return {
      urls: await opened([{ main: mqtt({ address: url }, ports) }, { main: mqtt({ address: url }, ports) }]),
      order,
    }
  },
  async 'on MQTT, with a link that is cut again and again'() {
    const { url, port, order } = await startObservedMosquitto()
    const proxy = await openProxy(port)
    const cutOff = mqtt({ address: `mqtt://127.0.0.1:${proxy.port}` }, ports)
    const urls = await opened([{ main: mqtt({ address: url }, ports) }, { main: cutOff }])
    return { urls, disturb: () => proxy.cut(), order }
  },
}

/** A mosquitto, and the changes of its retained messages as a client without Wildcast has them. */
async function startObservedMosquitto() {
  const server = await startMosquitto({ config: 'max_queued_messages 0' })
  const observer = await connectAsync(server.url, { protocolVersion: 5, reconnectPeriod: 0 })
  onTestFinished(() => void observer.end(true))
  const names: string[] = []
  observer.on('message', (_topic, _payload, { properties }) => {
    names.push(String(properties?.userProperties?.[nameHeader]))
  })
  await observer.subscribeAsync('v/#', { qos: 1 })
  const order: StoreUnderTest['order'] = async (last) => {
    while (!names.includes(last)) await new Promise((resolve) => observer.once('message', resolve))
    return names
  }
  return { ...server, order }
}
