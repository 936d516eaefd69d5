// Values: what a write and a read cost, against a bare script on the same store, in one run.
// node bench/values.js [memory|sqlite|redis] [rounds, 5 by default]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import { findProgram, root } from '../scripts/needs.js'
import { onOwnCore } from './cores.js'
import { usageOf } from './processes.js'
import { median } from './report/median.js'
import { asText } from './report/table.js'
import { freePort, startServer } from './servers.js'

const [kind = 'memory', roundsText = '5'] = process.argv.slice(2)
const rounds = Number(roundsText)
const groups = 100
const valuesOfGroup = 1000
const readers = 1000
const inFlight = 64
const bar = 1.5
const payload = 'x'.repeat(100)

/** Starts a server, and reads its URL from its output. */
async function start([command, ...words], cwd) {
  const child = spawn(command, words, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { url: line.match(/http:\S+/)[0].replace('http', 'ws'), pid: child.pid, stop: () => child.kill() }
}

/** @param {string} store The lines of a broker. */
function relay(folder, store) {
  const file = path.join(folder, 'wildcast.toml')
  writeFileSync(file, `port = 0\nhost = "127.0.0.1"\n[brokers.main]\n${store}\n`)
  return start(onOwnCore('server', [process.execPath, path.join(root, 'relay/bin/wildcast.js'), 'up']), folder)
}

const bare = (...words) =>
  start(onOwnCore('server', [process.execPath, path.join(root, 'bench/bare-values.js'), ...words]))

/** The two servers of a kind, each on a store of its own. */
const kinds = {
  memory: async (folder) => ({ ours: await relay(folder, 'type = "memory"'), bare: await bare('memory') }),
  sqlite: async (folder) => ({
    ours: await relay(folder, 'type = "memory"\nstore = { sqlite = "values.db" }'),
    bare: await bare('sqlite', path.join(folder, 'bare.db')),
  }),
  async redis(folder) {
    const [first, second] = [await freePort(), await freePort()]
    for (const port of [first, second])
      await startServer([findProgram('redis-server'), '--port', `${port}`, '--save', '', '--dir', folder], port)
    return {
      ours: await relay(folder, `type = "redis"\nurl = "redis://127.0.0.1:${first}"`),
      bare: await bare('redis', `${second}`),
    }
  },
}

async function open(url) {
  const socket = new WebSocket(`${url}/ws`, 'wildcast.v1+json', { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

const subjectOf = (i) => `v.${i % groups}.${Math.floor(i / groups)}`

/** Writes values, `inFlight` at a time. Returns the times until each was acknowledged, in ms. */
async function write(url, count) {
  const socket = await open(url)
  const begun = new Float64Array(count)
  const times = []
  let next = 0
  const send = () => {
    if (next === count) return
    begun[next] = performance.now()
    const frame = { Publish: { ref: next, subject: subjectOf(next), message: payload, retain: true } }
    next++
    socket.send(JSON.stringify(frame))
  }
  await new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('message', (data) => {
      for (const line of String(data).split('\n')) {
        const ref = /^\{"Ack":\{"ref":(\d+)/.exec(line)?.[1]
        if (ref === undefined) {
          if (line.startsWith('{"Error"')) reject(new Error(line))
          continue
        }
        times.push(performance.now() - begun[Number(ref)])
        send()
        if (times.length === count) resolve()
      }
    })
    for (let i = 0; i < inFlight; i++) send()
  })
  socket.removeAllListeners('close').terminate()
  return times
}

/** Readers join at once, each of one group. Returns the times until each has all values, in ms. */
async function read(url, count) {
  const sockets = []
  for (let i = 0; i < count; i++) sockets.push(await open(url))
  const begun = performance.now()
  const times = await Promise.all(
    sockets.map(
      (socket, i) =>
        new Promise((resolve, reject) => {
          socket.on('close', () => reject(new Error('the connection was closed')))
          socket.on('message', (data) => {
            // The mark of the end is the last line of a message.
            if (data.includes('"Synced"', Math.max(0, data.length - 200))) resolve(performance.now() - begun)
            if (data.includes('"Error"')) reject(new Error(String(data)))
          })
          socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: `v.${i % groups}.*`, retained: true } }))
        }),
    ),
  )
  for (const socket of sockets) socket.removeAllListeners('close').terminate()
  return times
}

/** The processor time of a step for each of `count`, in µs, and its 99th percentile in ms. */
async function measured({ pid, url }, step, count) {
  const before = usageOf(pid).cpuUs
  const times = (await step(url, count)).toSorted((a, b) => a - b)
  return { cpuUs: (usageOf(pid).cpuUs - before) / count, p99: times[Math.floor(times.length * 0.99)] }
}

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
const servers = await kinds[kind](folder)
const cases = {
  'a write': [write, groups * valuesOfGroup],
  [`a reader of ${valuesOfGroup} values`]: [read, readers],
}
const rows = [['', 'ours, µs', 'bare, µs', 'ratio', 'bar', 'ours, p99 ms', 'bare, p99 ms', 'ratio', 'bar']]
const verdict = (ratio) => `${ratio <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`
for (const [name, [step, count]] of Object.entries(cases)) {
  const results = []
  for (let round = 0; round <= rounds; round++) {
    const result = {}
    for (const server of round % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours'])
      result[server] = await measured(servers[server], step, count)
    if (round > 0) results.push(result) // the first one only warms up
  }
  const of = (key) => ['ours', 'bare'].map((server) => median(results.map((result) => result[server][key])))
  const figures = ['cpuUs', 'p99'].flatMap((key) => {
    const [ours, bare] = of(key)
    return [ours.toFixed(1), bare.toFixed(1), (ours / bare).toFixed(2), verdict(ours / bare)]
  })
  rows.push([name, ...figures])
}
console.log(`${kind}: ${groups * valuesOfGroup} values of ${payload.length} bytes, ${readers} readers at once\n`)
console.log(asText(rows))
for (const { stop } of Object.values(servers)) stop()
rmSync(folder, { recursive: true })
process.exit()
