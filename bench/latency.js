// How long a message takes from its publisher to its subscriber through the relay and a broker, against the broker's own client alone, as a ratio in one run:
// node bench/latency.js [rounds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@wildcast/client'
import { Redis } from 'ioredis'
import { connect as connectNats } from 'nats'
import { WebSocket } from 'ws'
import { installPrograms, root } from '../scripts/needs.js'
import { freePort, startServer } from './servers.js'

const rounds = Number(process.argv[2] ?? 5)
const warmUp = 500
const messages = 2000
const payload = 'x'.repeat(128)

/** Each opens a publisher and a subscriber of its own, and returns what sends one message; `arrived` is called when it has come. */
const roads = {
  nats: {
    start: (port) => ['nats-server', '-a', '127.0.0.1', '-p', `${port}`],
    broker: (port) => `Nats[addresses][0]=127.0.0.1:${port}`,
    async alone(port, arrived) {
      const [to, from] = await Promise.all([1, 2].map(() => connectNats({ servers: `127.0.0.1:${port}` })))
      to.subscribe('bench.a', { callback: arrived })
      await to.flush()
      return { send: () => from.publish('bench.a', payload), close: () => Promise.all([to.close(), from.close()]) }
    },
  },
  redis: {
    start: (port) => [
      'redis-server',
      '--bind',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--save',
      '',
      '--dir',
      mkdtempSync(path.join(tmpdir(), 'bench-')),
    ],
    broker: (port) => `Redis=redis://127.0.0.1:${port}`,
    async alone(port, arrived) {
      const [to, from] = [new Redis(port, '127.0.0.1'), new Redis(port, '127.0.0.1')]
      to.on('message', arrived)
      await to.subscribe('bench.a')
      return { send: () => from.publish('bench.a', payload), close: () => Promise.all([to.quit(), from.quit()]) }
    },
  },
}

async function throughRelay(url, arrived) {
  const [to, from] = [createClient({ url, WebSocket }), createClient({ url, WebSocket })]
  await new Promise((resolve) => to.subscribe('bench.a', arrived, { onStatus: (is) => is === 'ready' && resolve() }))
  return {
    send: () => void from.publish('bench.a', payload),
    close() {
      to.close()
      from.close()
    },
  }
}

/** One at a time: nothing waits behind another. Microseconds, sorted. */
async function measure(open) {
  let arrived
  const road = await open(() => arrived())
  const times = []
  for (let i = 0; i < warmUp + messages; i++) {
    const came = new Promise((resolve) => {
      arrived = resolve
    })
    const begun = process.hrtime.bigint()
    road.send()
    await came
    if (i >= warmUp) times.push(Number(process.hrtime.bigint() - begun) / 1000)
  }
  await road.close()
  return times.sort((a, b) => a - b)
}

const quantile = (sorted, q) => sorted[Math.floor(sorted.length * q)]
const median = (numbers) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  )

async function startRelay(broker) {
  const relay = spawn(process.execPath, [path.join(root, 'relay/bin/wildcast.js'), 'gateway', '-b', broker, '-p', '0'])
  const [line] = await once(relay.stdout.setEncoding('utf8'), 'data')
  return { url: line.match(/http:\S+/)[0], stop: () => relay.kill() }
}

installPrograms()
console.log(`${rounds} rounds of ${messages} messages of ${payload.length} bytes, one at a time; microseconds\n`)
console.log('broker   alone p50   p99   relay p50   p99   ratio p50 (bar: 2)')
for (const [name, { start, broker, alone }] of Object.entries(roads).filter(
  ([name]) => !process.env.ONLY || name === process.env.ONLY,
)) {
  const port = await freePort()
  const server = await startServer(start(port), port)
  const relay = await startRelay(broker(port))
  const results = []
  for (let i = 0; i < rounds; i++) {
    const control = await measure((arrived) => alone(port, arrived))
    const ours = await measure((arrived) => throughRelay(relay.url, arrived))
    results.push({ control, ours, ratio: quantile(ours, 0.5) / quantile(control, 0.5) })
  }
  const of = (who, q) => median(results.map((result) => quantile(result[who], q))).toFixed(0)
  console.log(
    name.padEnd(8),
    of('control', 0.5).padStart(10),
    of('control', 0.99).padStart(5),
    of('ours', 0.5).padStart(11),
    of('ours', 0.99).padStart(5),
    median(results.map(({ ratio }) => ratio))
      .toFixed(2)
      .padStart(11),
  )
  relay.stop()
  server.stop()
}
