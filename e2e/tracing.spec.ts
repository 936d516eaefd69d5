import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base, expect, type Page } from '@playwright/test'
import { attach, memory, mqtt, nats, newId, realClock, redis, websocket } from '@wildcast/relay'
import { startMosquitto } from '../relay/test/servers/mosquitto.js'
import { startNats } from '../relay/test/servers/nats.js'
import { startRedis } from '../relay/test/servers/redis.js'
import { type Collector, startCollector } from './collector.js'
import { pageScript } from './page-script.js'

const names = ['memory', 'nats', 'mqtt', 'redis']

const ports = { clock: realClock, newId }

interface World {
  readonly url: string
  readonly collector: Collector
}

const test = base.extend<object, { readonly world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads it to find the fixtures
    async ({}, use) => {
      const script = await pageScript('tracing-page.ts')
      const programs = await Promise.all([startNats(), startMosquitto(), startRedis()])
      const [natsServer, mosquitto, redisServer] = programs
      const server = createServer((request, response) => {
        const isScript = request.url === '/script.js'
        response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
        response.end(isScript ? script : '<!doctype html><body><script type="module" src="/script.js"></script>')
      })
      const { close } = await attach(server, {
        brokers: {
          memory: memory(ports),
          nats: nats({ addresses: [natsServer.url] }, ports),
          mqtt: mqtt({ address: mosquitto.url }, ports),
          redis: redis({ url: redisServer.url }, ports),
        },
        gateways: [websocket({ mode: 'json' })],
        onError: () => {},
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
      const collector = await startCollector()
      await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, collector })
      collector.close()
      await close()
      server.close()
      server.closeAllConnections()
      await Promise.all(programs.map((program) => program.stop()))
    },
    { scope: 'worker' },
  ],
})

const shown = (page: Page, broker: string) => page.getByRole('status', { name: broker, exact: true })

async function visit(page: Page, url: string, collector: string): Promise<void> {
  const brokers = names.map((name) => `&broker=${name}`).join('')
  await page.goto(`${url}/?collector=${encodeURIComponent(collector)}${brokers}`)
  for (const name of names) await expect(shown(page, name)).toHaveText('ready')
}

test('a click in one browser and its effect in another are one trace, over memory, NATS and MQTT 5', async ({
  context,
  world: { url, collector },
}) => {
  const [ada, bob] = [await context.newPage(), await context.newPage()]
  await Promise.all([visit(ada, url, collector.url), visit(bob, url, collector.url)])
  for (const name of names) await ada.getByRole('button', { name: `Publish over ${name}` }).click()
  for (const name of names) await expect(shown(bob, name)).toHaveText(name === 'redis' ? 'fresh' : 'fresh traceparent')

  const named = (name: string) => collector.spans.filter((span) => span.name === name)
  // The page of the click shows the message, too.
  for (const name of names) await expect.poll(() => named(`show ${name}`).length).toBe(2)
  await expect.poll(() => named('publish good.apple').length).toBe(4)
  await expect.poll(() => named('process good.*').length).toBe(6)
  for (const name of names) {
    const [click] = named(`click ${name}`)
    const [sent] = named('publish good.apple').filter(({ traceId }) => traceId === click?.traceId)
    expect(sent?.parentSpanId).toBe(click?.spanId)
    const handled = named('process good.*').filter(({ traceId }) => traceId === click?.traceId)
    const effects = named(`show ${name}`)
    if (name === 'redis') {
      expect(handled).toEqual([])
      continue
    }
    expect(handled.map(({ parentSpanId }) => parentSpanId)).toEqual([sent?.spanId, sent?.spanId])
    expect(effects.map(({ traceId }) => traceId)).toEqual([click?.traceId, click?.traceId])
    expect(effects.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(handled.map(({ spanId }) => spanId).sort())
  }
})

test('a collector that is down loses no message', async ({ context, world: { url } }) => {
  const [ada, bob] = [await context.newPage(), await context.newPage()]
  for (const page of [ada, bob]) await visit(page, url, 'http://127.0.0.1:9/v1/traces')
  for (const name of names) await ada.getByRole('button', { name: `Publish over ${name}` }).click()
  for (const name of names) await expect(shown(bob, name)).toContainText('fresh')
})
