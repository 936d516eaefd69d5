import { connect, type NatsConnection } from 'nats'
import type { NatsSettings } from '../../src/brokers/settings.js'
import type { Broker } from '../../src/core/broker.js'
import type { OpenedStore } from '../../src/testing/store-under-test.js'
import type { Nats } from '../servers/nats.js'
import { opened } from './nats-link.js'

/** Calls the API of JetStream. Resolves with its answer, which may be a refusal. */
export async function jetStreamCall(client: NatsConnection, name: string, body: object = {}): Promise<unknown> {
  const { data } = await client.request(`$JS.API.${name}`, JSON.stringify(body), { timeout: 30_000 })
  return JSON.parse(new TextDecoder().decode(data))
}

/** Runs something over a connection of its own. */
async function over<Result>(server: Nats, run: (client: NatsConnection) => Promise<Result>): Promise<Result> {
  const client = await connect({ servers: server.url })
  return run(client).finally(() => client.close())
}

/** The store of a NATS server with JetStream, for one test. */
export function natsStore(server: Nats, settings: Partial<NatsSettings> = {}): OpenedStore {
  const relay = async (): Promise<Broker> => (await opened({ addresses: [server.url], ...settings })).broker
  return {
    relay,
    pass: (ms) =>
      over(server, async (client) => {
        await passed(client, ms)
        await forgotten(client, ms)
      }),
    async restart() {
      await server.kill()
      await server.restart()
    },
  }
}

/** Moves the times that relays have written back, as if time had passed. */
async function passed(client: NatsConnection, ms: number): Promise<void> {
  const filter = { subjects_filter: '$wildcast.leases.lease.>' }
  const info = (await jetStreamCall(client, 'STREAM.INFO.wildcast-leases', filter)) as {
    readonly state?: { readonly subjects?: Readonly<Record<string, number>> }
  }
  for (const subject of Object.keys(info.state?.subjects ?? {})) {
    const reply = await jetStreamCall(client, 'STREAM.MSG.GET.wildcast-leases', { last_by_subj: subject })
    const { message } = reply as { readonly message: { readonly data: string } }
    const lease = JSON.parse(Buffer.from(message.data, 'base64').toString()) as { readonly renewed: number }
    await client.request(subject, JSON.stringify({ ...lease, renewed: lease.renewed - ms }), { timeout: 30_000 })
  }
}

interface StreamInTest {
  readonly config: { readonly name: string; readonly max_age: number; readonly duplicate_window: number }
  readonly state: { readonly messages: number }
}

/** The shortest age that JetStream accepts, in nanoseconds. */
const shortestAge = 100_000_000

/** Lets the server forget the messages whose age would have passed. */
async function forgotten(client: NatsConnection, ms: number): Promise<void> {
  const { streams } = (await jetStreamCall(client, 'STREAM.LIST')) as {
    readonly streams: readonly StreamInTest[] | null
  }
  for (const { config } of streams ?? []) {
    const { name, max_age: age } = config
    if (age === 0 || age > ms * 1_000_000) continue
    const short = { ...config, max_age: shortestAge, duplicate_window: shortestAge }
    await jetStreamCall(client, `STREAM.UPDATE.${name}`, short)
    let info: StreamInTest
    do info = (await jetStreamCall(client, `STREAM.INFO.${name}`)) as StreamInTest
    while (info.state.messages > 0)
    await jetStreamCall(client, `STREAM.UPDATE.${name}`, config)
  }
}

/** Removes all that is stored. */
export async function emptied(server: Nats): Promise<void> {
  await over(server, async (client) => {
    const { streams } = (await jetStreamCall(client, 'STREAM.NAMES')) as { readonly streams: readonly string[] | null }
    for (const stream of streams ?? []) await jetStreamCall(client, `STREAM.DELETE.${stream}`)
  })
}
