import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { memory, newId, nobody, realClock } from '../../src/index.js'
import { openBroker } from '../../src/node/open-broker.js'
import { runComponents } from '../../src/node/run-components.js'
import { folderWith, portsOf, start } from '../command.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startRelay } from '../start-relay.js'
import { kinds } from './kinds.js'

/** The original's example, except the component's source and the second broker's type. */
const example = (broker: string): string => `
spin_manifest_version = "1"
name = "example-app"

[trigger]
type = "message"

[trigger.brokers.test]
broker_type = "InMemoryBroker"
[trigger.brokers.test.gateway.Http]
port = 0
request_response = "Json"

[trigger.brokers.secondary]
broker_type = ${broker}
[trigger.brokers.secondary.gateway.Http]
port = 0
websockets = "TextBody"

[[component]]
id = "hello"
source = "hello.mjs"
allowed_http_hosts = []
[component.trigger]
broker = "test"
[component.build]
command = "cargo build --target wasm32-wasi --release -p example-app"
[component.trigger.subscription.Topic]
topic = "hello.*"
result = { default_broker = "secondary", default_subject = "good.bye" }
`

const types: Readonly<Record<keyof typeof kinds, (port: number) => string>> = {
  redis: (port) => `{ Redis = "redis://127.0.0.1:${port}" }`,
  nats: (port) => `{ Nats = { addresses = ["127.0.0.1:${port}"] } }`,
  mqtt: (port) => `{ Mqtt = { address = "mqtt://127.0.0.1:${port}" } }`,
}

describe.each(Object.entries(kinds))('with %s as the second broker', (name, kind) => {
  it("the original's example works: Goodbye arrives at a WebSocket (SP-CMP-1)", async () => {
    const server = endsWithTest(await kind.start())
    const cwd = await folderWith('spin.toml', example(types[name as keyof typeof kinds](server.port)))
    await writeFile(path.join(cwd, 'hello.mjs'), "export default () => ({ message: 'Goodbye' })")
    const [test, secondary] = await portsOf(start(['up'], { cwd }), 2)
    const socket = new WebSocket(`ws://127.0.0.1:${secondary}/subscribe/good.*`)
    onTestFinished(() => socket.terminate())
    const received: string[] = []
    socket.on('message', (data) => received.push(String(data)))
    // Publishes until it arrives: the socket does not signal when it is subscribed.
    await expect
      .poll(async () => {
        await fetch(`http://127.0.0.1:${test}/publish/hello.x`, { method: 'POST', body: 'Hello' })
        return received
      })
      .toContain('Goodbye')
  })

  it('queue components over two relays share their messages (SP-CMP-3)', async () => {
    const server = endsWithTest(await kind.start())
    const folder = await folderWith(
      'work.mjs',
      "export default ({ text }, { id }) => ({ subject: 'done', message: id + ' ' + text() })",
    )
    const relays = await Promise.all(
      ['one', 'two'].map(async (id) => {
        const { relay } = await startRelay({
          brokers: { main: openBroker(kind.settings(server.port, 5000)), other: memory({ clock: realClock, newId }) },
        })
        const subscription = { kind: 'queue', topic: parsePattern('job'), group: 'workers' } as const
        const source = path.join(folder, 'work.mjs')
        const limits = { timeoutMs: 30_000, memoryMb: 64 }
        const components = await runComponents(
          [{ id, source, broker: 'main', subscription, result: { broker: 'other' }, config: {}, ...limits }],
          { inside: relay.inside, observer: nobody, onError: () => {} },
        )
        onTestFinished(() => components.close())
        return relay.inside
      }),
    )
    const done: string[] = []
    for (const inside of relays)
      await inside.listen(
        'other',
        { pattern: parsePattern('done') },
        {
          deliver: ({ payload }) => void done.push(String(payload)),
          ended: () => {},
        },
      )
    const send = (job: number | string) =>
      relays[0]?.publish('main', { subject: parsePattern('job'), payload: `${job}` })
    // Until both take a share. Single messages might all go to the same relay: of many, the other
    // takes those that the first has no room for.
    await expect
      .poll(async () => {
        await Promise.all(Array.from({ length: 100 }, () => send('warm')))
        return new Set(done.map((text) => text.split(' ')[0])).size
      })
      .toBe(2)
    await Promise.all(Array.from({ length: 200 }, (_, job) => send(job)))
    const numbers = (): number[] => done.map((text) => Number(text.split(' ')[1])).filter(Number.isFinite)
    await expect.poll(() => numbers().length).toBe(200)
    expect(numbers().sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, job) => job))
  })
})
