import { readFileSync } from 'node:fs'
import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { http, memory, metrics, newId, realClock, websocket } from '../src/index.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

async function start(): Promise<StartedRelay & { readonly scrape: () => Promise<string> }> {
  const { observer, gateway } = metrics()
  const relay = await startRelay({
    // A confirmation that takes a turn, as that of a server does.
    brokers: {
      main: async (events) => {
        const broker = await memory({ clock: realClock, newId })(events)
        const publish = broker.publish.bind(broker)
        return Object.assign(broker, { publish: async (...args: Parameters<typeof publish>) => publish(...args) })
      },
    },
    gateways: [http, gateway, websocket({ mode: 'json' })],
    observer,
  })
  return { ...relay, scrape: async () => (await fetch(`http://${relay.address}/metrics`)).text() }
}

function connectTo({ address }: StartedRelay) {
  const client = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => client.close())
  return client
}

describe('/metrics', () => {
  it('counts a message once for each subscriber, and the subscriptions that are open', async () => {
    const relay = await start()
    const [one, two, sender] = [connectTo(relay), connectTo(relay), connectTo(relay)]
    for (const client of [one, two]) await client.subscribe('a.*').ready
    await sender.publish('a.b', 1)
    await expect.poll(relay.scrape).toContain('wildcast_delivered_total{broker="main"} 2')
    expect(await relay.scrape()).toContain('wildcast_published_total{broker="main"} 1')
    expect(await relay.scrape()).toContain('wildcast_subscriptions{broker="main"} 2')
    await one.close()
    await expect.poll(relay.scrape).toContain('wildcast_subscriptions{broker="main"} 1')
  })

  it('counts a message of a group once, whatever the number of its members', async () => {
    const relay = await start()
    for (const client of [connectTo(relay), connectTo(relay)]) await client.subscribe('a', { group: 'g' }).ready
    await connectTo(relay).publish('a', 1)
    await expect.poll(relay.scrape).toContain('wildcast_delivered_total{broker="main"} 1')
  })

  it('times the first of 16 publishes', async () => {
    const relay = await start()
    const client = connectTo(relay)
    for (let count = 0; count < 17; count++) await client.publish('a', count)
    expect(await relay.scrape()).toContain('wildcast_publish_seconds_count{broker="main"} 2')
  })

  it('has the figures of the process, and no version', async () => {
    const text = await (await start()).scrape()
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m)
    expect(text).not.toContain('version')
  })

  it('has a line in docs/operating.md for each name, and each line has a name', async () => {
    const text = await (await start()).scrape()
    const names = [...text.matchAll(/^# TYPE (wildcast_\w+)/gm)].map(([, name]) => name)
    const documented = [...read('docs/operating.md').matchAll(/^\| `(wildcast_\w+)/gm)].map(([, name]) => name)
    expect(documented.toSorted()).toEqual(names.toSorted())
  })

  it('has every metric that the dashboard of Grafana reads', async () => {
    const text = await (await start()).scrape()
    const asked = read('deploy/grafana-dashboard.json').matchAll(/\b(?:wildcast|process|nodejs)_\w+/g)
    const names = new Set([...asked].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')))
    expect(names.size).toBeGreaterThan(10)
    for (const name of names) expect(text).toContain(`# TYPE ${name} `)
  })
})
