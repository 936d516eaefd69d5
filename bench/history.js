// History: clients that return and catch up, against a bare ws server that sends the same frames,
// in one run: node bench/history.js [clients, 10000 by default] [rounds, 5 by default]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import { root } from '../scripts/needs.js'
import { usageOf } from './processes.js'
import { median } from './report/median.js'
import { asText } from './report/table.js'

const [clients = 10_000, rounds = 5] = process.argv.slice(2).map(Number)
const payload = 'x'.repeat(100)
const bars = { ratio: 2, turnMs: 200 }
/** How many clients connect at a time. */
const atOnce = 200

const wildcast = path.join(root, 'relay/bin/wildcast.js')
const bare = path.join(root, 'bench/bare-history.js')
const meter = path.join(root, 'relay/test/servers/loop-meter.js')

async function start(file, words) {
  const child = fork(file, words, { execArgv: ['--import', meter], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  child.stdout.resume()
  return {
    child,
    url: `${line
      .match(/http:\S+/)[0]
      .replace('http', 'ws')
      .replace(/\/$/, '')}/ws`,
  }
}

function startRelay() {
  const folder = mkdtempSync(path.join(tmpdir(), 'wildcast-bench-'))
  const config = path.join(folder, 'wildcast.toml')
  const rule = '[[brokers.main.history]]\nsubjects = "log.*"\nmessages = 20000\n'
  writeFileSync(config, `port = 0\n[brokers.main]\ntype = "memory"\n${rule}`)
  return start(wildcast, ['up', '--config', config])
}

/** Opens a connection without a session: the relay keeps no frame for it. */
async function open(url) {
  const socket = new WebSocket(url, 'wildcast.v1+json', { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** Publishes messages. Resolves with their positions. */
async function publish(url, subject, count) {
  const socket = await open(url)
  const positions = []
  for (let i = 0; i < count; i++) socket.send(JSON.stringify({ Publish: { ref: i + 1, subject, message: payload } }))
  await new Promise((resolve) => {
    socket.on('message', (data) => {
      const position = /"position":"([^"]+)"/.exec(String(data))?.[1]
      if (position) positions.push(position)
      if (positions.length === count) resolve()
    })
  })
  socket.close()
  return positions
}

/** A client returns, and catches up. */
async function catchUp(url, subject, after) {
  const socket = await open(url)
  socket.send(JSON.stringify({ Subscribe: { ref: 1, subject, after } }))
  let messages = 0
  await new Promise((resolve) => {
    socket.on('message', (data) => {
      const text = String(data)
      if (text.startsWith('{"Message"')) messages++
      if (text.startsWith('{"Synced"')) resolve()
    })
  })
  socket.close()
  await once(socket, 'close')
  return messages
}

/**
 * Returns the processor time of the server in milliseconds, or that of its longest turn: measuring
 * turns takes time itself.
 */
async function measured({ child, url }, { subject, after, times, messages }, turns = false) {
  const from = usageOf(child.pid).cpuUs
  if (turns) child.send('begin')
  for (let done = 0; done < times; done += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, times - done) }, () => catchUp(url, subject, after))
    for (const received of await Promise.all(batch))
      if (received !== messages) throw new Error(`a client received ${received} messages instead of ${messages}`)
  }
  if (!turns) return (usageOf(child.pid).cpuUs - from) / 1000
  child.send('end')
  const [{ longestMs }] = await once(child, 'message')
  return longestMs
}

const relay = await startRelay()
const positions = await publish(relay.url, 'log.a', 10_000)
const scenarios = [
  { name: '1 client, 10,000 messages', messages: 10_000, times: 1, after: 'start' },
  { name: `${clients} clients, 100 messages each`, messages: 100, times: clients, after: positions.at(-101) },
]
const table = [['scenario', 'relay CPU, ms', 'bare ws, ms', 'ratio', 'longest turn, ms', 'bars']]
for (const { name, messages, times, after } of scenarios) {
  const control = await start(bare, [`${messages}`, `${payload.length}`])
  const figures = { relay: [], bare: [] }
  const run = { subject: 'log.a', after, times, messages }
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? ['relay', 'bare'] : ['bare', 'relay']
    for (const of of order) {
      const server = of === 'relay' ? relay : control
      const cpuMs = await measured(server, run)
      if (round > 0) figures[of].push(cpuMs) // the first one only warms up
    }
  }
  const turn = await measured(relay, run, true)
  control.child.kill('SIGKILL')
  const [ours, theirs] = [median(figures.relay), median(figures.bare)]
  const isOk = ours / theirs <= bars.ratio && turn <= bars.turnMs
  const verdict = `${isOk ? 'ok' : 'MISSED'} (≤ ${bars.ratio}, ≤ ${bars.turnMs} ms)`
  table.push([name, ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(2), turn.toFixed(1), verdict])
}
console.log(asText(table))
process.exit()
