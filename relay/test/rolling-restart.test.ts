import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { Client } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith, portsOf, run, start } from './command.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { freePort } from './servers/free-port.js'
import { startRedis } from './servers/redis.js'
import { startCaddy, startNginx } from './servers/reverse-proxies.js'
import { trustEverything, trustingClient } from './trusting-client.js'

interface RunningRelay {
  readonly child: ChildProcess
  /** Its configuration. */
  readonly file: string
}

/** A relay in its own process, as an operator runs it. Resolves when it is ready. */
async function runRelay(url: string, port: number, workers = 1): Promise<RunningRelay> {
  const toml = `port = ${port}
    workers = ${workers}
    host = "127.0.0.1"
    trusted_proxies = ["127.0.0.0/8"]
    [brokers.main]
    type = "redis"
    url = "${url}"
    [[brokers.main.history]]
    subjects = "load.*"
    messages = 100000`
  const folder = await folderWith('wildcast.toml', toml)
  const file = path.join(folder, 'wildcast.toml')
  const child = start(['up', '--config', file])
  await portsOf(child, 1)
  await expect.poll(() => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status)).toBe(200)
  return { child, file }
}

interface Load {
  /** The numbers whose publish was answered with 202. */
  readonly accepted: readonly number[]
  /** The other statuses. */
  readonly refused: readonly number[]
  stop(): Promise<void>
}

/** Publishes ascending numbers over HTTP, one after the other. */
function startLoad(url: string): Load {
  const [accepted, refused]: number[][] = [[], []]
  let isOver = false
  async function publish(number: number): Promise<void> {
    const answer = await fetch(url, { method: 'POST', body: String(number) })
    await answer.text()
    if (answer.status === 202) accepted?.push(number)
    else refused?.push(answer.status)
  }
  const run = (async () => {
    for (let number = 1; !isOver; number++) await publish(number)
  })()
  const stop = (): Promise<void> => {
    isOver = true
    return run
  }
  onTestFinished(stop)
  return { accepted: accepted ?? [], refused: refused ?? [], stop }
}

/** Subscribes to the load. Resolves when the subscription is ready. */
async function receive(client: Client): Promise<readonly number[]> {
  const numbers: number[] = []
  await new Promise<void>((resolve) => {
    client.subscribe<number>('load.*', ({ data }) => void numbers.push(data), {
      last: 0,
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return numbers
}

describe.each([
  ['nginx', startNginx],
  ['Caddy', startCaddy],
] as const)('behind %s, while two relays are restarted one after the other under load', (name, startProxy) => {
  it('each client receives what was published, in order, and nothing more', async () => {
    trustEverything()
    const { url } = endsWithTest(await startRedis())
    const ports = [await freePort(), await freePort()] as const
    const relays = await Promise.all(ports.map((port) => runRelay(url, port)))
    const proxy = endsWithTest(await startProxy(ports))
    const host = `localhost:${proxy.port}/realtime`

    const clients = Array.from({ length: 4 }, () => trustingClient(`wss://${host}/ws`))
    const received = await Promise.all(clients.map(receive))

    const { accepted, refused, stop } = startLoad(`https://${host}/publish/load.0`)
    for (const [index, port] of ports.entries()) {
      const before = accepted.length
      await expect.poll(() => accepted.length).toBeGreaterThan(before + 20)
      const { child: relay } = relays[index] as RunningRelay
      const exit = once(relay, 'exit')
      relay.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
      await runRelay(url, port)
    }
    await stop()
    // Caddy 2.6 closes the body of a refused request, and can't send it to the other relay.
    if (name === 'nginx') expect(refused).toEqual([])
    for (const numbers of received) await expect.poll(() => numbers).toEqual(accepted)
  })
})

it('behind nginx, a reload of two workers under load loses no message, and no request fails', async () => {
  trustEverything()
  const { url } = endsWithTest(await startRedis())
  const port = await freePort()
  const { file } = await runRelay(url, port, 2)
  const proxy = endsWithTest(await startNginx([port, port]))
  const host = `localhost:${proxy.port}/realtime`
  const clients = Array.from({ length: 4 }, () => trustingClient(`wss://${host}/ws`))
  const received = await Promise.all(clients.map(receive))

  const { accepted, refused, stop } = startLoad(`https://${host}/publish/load.0`)
  await expect.poll(() => accepted.length).toBeGreaterThan(20)
  const out = expect.stringContaining('2 workers are replaced')
  expect(await run(['reload', '--config', file])).toMatchObject({ code: 0, out })
  await stop()
  expect(refused).toEqual([])
  for (const numbers of received) await expect.poll(() => numbers).toEqual(accepted)
})
