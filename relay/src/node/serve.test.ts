import { expect, it, onTestFinished } from 'vitest'
import { memory } from '../brokers/memory.js'
import { realClock } from '../core/clock.js'
import { health } from '../gateways/endpoints/health.js'
import { newId } from './new-id.js'
import { type Endpoint, serveAll } from './serve.js'

const broker = memory({ clock: realClock, newId })

function options(...endpoints: readonly Omit<Endpoint, 'gateways' | 'host'>[]): Parameters<typeof serveAll>[0] {
  return {
    brokers: { main: broker, sensors: broker },
    endpoints: endpoints.map((endpoint) => ({ ...endpoint, host: '127.0.0.1', gateways: [health] })),
    onError: () => {},
  }
}

async function namesAt(port: number | undefined): Promise<readonly string[]> {
  const { brokers } = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as {
    brokers: { name: string }[]
  }
  return brokers.map(({ name }) => name)
}

it('opens one relay on several ports, each with all brokers or with one', async () => {
  const { relay, ports, close } = await serveAll(options({ port: 0 }, { port: 0, broker: 'sensors' }))
  onTestFinished(close)
  expect(await Promise.all(ports.map(namesAt))).toEqual([['main', 'sensors'], ['sensors']])
  expect(relay.brokers()).toHaveLength(2)
})

it('leaves no port open if another one is taken, or a broker is unknown', async () => {
  const taken = await serveAll(options({ port: 0 }))
  const freed = await serveAll(options({ port: 0 }))
  onTestFinished(taken.close)
  await freed.close()
  const [free = 0] = freed.ports
  const refused = { EADDRINUSE: { port: taken.ports[0] ?? 0 }, unknown_broker: { port: 0, broker: 'nowhere' } }
  for (const [code, endpoint] of Object.entries(refused)) {
    await expect(serveAll(options({ port: free }, endpoint))).rejects.toMatchObject({ code })
    await expect(namesAt(free)).rejects.toThrow('fetch failed')
  }
})
