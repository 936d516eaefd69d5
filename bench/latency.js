// Latency of a message from its publisher to each subscriber through the relay and a broker,
// against the broker's own client alone and against a minimal relay, as ratios in one run: node
// bench/latency.js [rounds] [nats|redis]
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

const [rounds = 5, only] = process.argv.slice(2)
const payload = 'x'.repeat(128)
const script = (name) => path.join(root, name)

/**
 * Each message is sent when all subscribers have received the one before.
 */
const scenarios = [
  { subscribers: 1, messages: 2000 },
  { subscribers: 50, messages: 200 },
]

/**
 * Each client opens its own connection. `listen` calls `arrived` for each message; `publisher`
 * returns a function that sends one.
 */
const brokers = {
  nats: {
    start: (port) => ['nats-server', '-a', '127.0.0.1', '-p', `${port}`],
    query: (port) => `Nats[addresses][0]=127.0.0.1:${port}`,
    async listen(port, arrived) {
      const client = await connectNats({ servers: `127.0.0.1:${port}` })
      client.subscribe('bench.a', { callback: arrived })
      await client.flush()
      return () => client.close()
    },
    async publisher(port) {
      const client = await connectNats({ servers: `127.0.0.1:${port}` })
      return { send: () => client.publish('bench.a', payload), close: () => client.close() }
    },
  },
  redis: {
    start: (port) => [
      ...['redis-server', '--bind', '127.0.0.1', '--port', `${port}`, '--save', ''],
      ...['--dir', mkdtempSync(path.join(tmpdir(), 'bench-'))],
    ],
    query: (port) => `Redis=redis://127.0.0.1:${port}`,
    async listen(port, arrived) {
      const client = new Redis(port, '127.0.0.1')
      client.on('message', arrived)
      await client.subscribe('bench.a')
      return () => client.disconnect()
    },
    async publisher(port) {
      const client = new Redis(port, '127.0.0.1')
      await client.ping()
      return { send: () => client.publish('bench.a', payload), close: () => client.disconnect() }
    },
  },
}

const naive = {
  async listen(url, arrived) {
    const socket = await open(url)
    socket.on('message', arrived)
    return () => socket.terminate()
  },
  async publisher(url) {
    const socket = await open(url)
    return { send: () => socket.send(payload), close: () => socket.terminate() }
  },
}

async function open(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

const ours = {
  async listen(url, arrived) {
    const client = createClient({ url, WebSocket })
    await new Promise((resolve) =>
      client.subscribe('bench.a', arrived, { onStatus: (is) => is === 'ready' && resolve() }),
    )
    return () => client.close()
  },
  async publisher(url) {
    const client = createClient({ url, WebSocket })
    await client.publish('bench.other', '')
    return { send: () => void client.publish('bench.a', payload), close: () => client.close() }
  },
}

/**
 * Microseconds from a message's send to each of its arrivals, sorted. The first fifth is left out
 * as warm-up.
 */
async function measure({ listen, publisher }, at, { subscribers, messages }) {
  const times = []
  let begun
  let left
  let all
  const arrived = () => {
    times.push(Number(process.hrtime.bigint() - begun) / 1000)
    if (--left === 0) all()
  }
  const ends = await Promise.all(Array.from({ length: subscribers }, () => listen(at, arrived)))
  const { send, close } = await publisher(at)
  for (let i = 0; i < messages; i++) {
    const everywhere = new Promise((resolve) => {
      all = resolve
    })
    left = subscribers
    begun = process.hrtime.bigint()
    send()
    await everywhere
  }
  for (const end of [...ends, close]) end()
  return times.slice(times.length / 5).sort((a, b) => a - b)
}

const quantile = (sorted, q) => sorted[Math.floor(sorted.length * q)]
const median = (numbers) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  )

async function start(...words) {
  const child = spawn(process.execPath, words)
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { url: line.match(/http:\S+/)[0], stop: () => child.kill() }
}

const columns = ['alone p50', 'p99', 'naive p50', 'p99', 'ours p50', 'p99', 'naive/alone', 'ours/alone', 'ours/naive']
const row = (name, cells) => console.log(name.padEnd(12), ...cells.map((cell, i) => cell.padStart(columns[i].length)))

installPrograms()
console.log(
  `${rounds} rounds, ${payload.length} bytes, each message when all have the one before; medians, microseconds\n`,
)
row('', columns)
for (const [name, broker] of Object.entries(brokers).filter(([name]) => !only || name === only)) {
  const port = await freePort()
  const server = await startServer(broker.start(port), port)
  const control = await start(script('bench/naive-relay.js'), name, `${port}`)
  const relay = await start(script('relay/bin/wildcast.js'), 'gateway', '-p', '0', '-b', broker.query(port))
  for (const scenario of scenarios) {
    const results = []
    // In turns, so that a noisy moment of the machine affects all of them.
    for (let i = 0; i < rounds; i++)
      results.push([
        await measure(broker, port, scenario),
        await measure(naive, control.url, scenario),
        await measure(ours, relay.url, scenario),
      ])
    const of = (variant, q) => median(results.map((times) => quantile(times[variant], q))).toFixed(0)
    const ratio = (a, b) => median(results.map((times) => quantile(times[a], 0.5) / quantile(times[b], 0.5))).toFixed(2)
    row(`${name} 1→${scenario.subscribers}`, [
      ...[0, 1, 2].flatMap((variant) => [of(variant, 0.5), of(variant, 0.99)]),
      ...[ratio(1, 0), ratio(2, 0), ratio(2, 1)],
    ])
  }
  for (const one of [control, relay, server]) one.stop()
}
