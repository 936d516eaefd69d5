import { parsePattern } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { nats, newId, type RelayServerOptions, realClock, redis } from '../../src/index.js'
import { startNats } from '../servers/nats.js'
import { startRedis } from '../servers/redis.js'
import { startRelay } from '../start-relay.js'
import { connected, openAsker } from './raw-client.js'

const ports = { clock: realClock, newId }
const history = [{ subjects: parsePattern('room.*.msg'), messages: 100 }]

const stores: Readonly<Record<string, () => Promise<RelayServerOptions['brokers']>>> = {
  async Redis() {
    const { url } = await startRedis()
    return { main: redis({ url, history }, ports) }
  },
  async NATS() {
    const { url } = await startNats({ jetstream: true })
    return { main: nats({ addresses: [url], history }, ports) }
  },
}

it.each(Object.keys(stores))(
  'a publish under its key at another relay has the outcome of the first, on %s',
  async (name) => {
    const brokers = (await stores[name]?.()) ?? {}
    const [gone, other] = [await startRelay({ brokers }), await startRelay({ brokers })]
    const seen: (string | undefined)[] = []
    let ready = (): void => {}
    const reader = await connected(`ws://${other.address}`, (kind, { message }) => {
      if (kind === 'Subscribed') ready()
      if (kind === 'Message') seen.push(message)
    })
    reader.send('{"Subscribe":{"ref":1,"subject":"**"}}')
    await new Promise<void>((resolve) => {
      ready = resolve
    })
    const publishes = [
      { subject: 'lamp.1', message: 'on', key: 'k1', retain: true, when: null },
      { subject: 'room.1.msg', message: 'hi', key: 'k2' },
    ]
    const first = await openAsker(`ws://${gone.address}`)
    const before = []
    for (const publish of publishes) before.push(await first.ask('Publish', publish))
    await gone.close()
    const second = await openAsker(`ws://${other.address}`)
    const after = []
    for (const publish of publishes) after.push(await second.ask('Publish', publish))
    expect(after.map(({ kind }) => kind)).toEqual(['Ack', 'Ack'])
    expect(after[0]?.fields.revision).toBe(before[0]?.fields.revision)
    expect(after[0]?.fields.revision).toEqual(expect.any(String))
    const misused = await second.ask('Publish', { subject: 'lamp.2', message: 'on', key: 'k1', retain: true })
    expect(misused).toMatchObject({ kind: 'Error', fields: { code: 'invalid_frame' } })
    await second.ask('Publish', { subject: 'end', message: 'end' })
    await expect.poll(() => seen.at(-1)).toBe('end')
    expect(seen).toEqual(['on', 'hi', 'end'])
  },
)
