// Requests through /request to a component, against a plain Node HTTP server that answers directly,
// in one run, and the heap before and after: node --expose-gc bench/requests.js [rounds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from '../scripts/needs.js'

const rounds = Number(process.argv[2] ?? 5)
const requests = 5000
const inFlight = 64
const body = 'x'.repeat(128)

const plain = `require('node:http').createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => response.end(Buffer.concat(chunks)))
}).listen(0, '127.0.0.1', function () { console.log('http://127.0.0.1:' + this.address().port) })`

const component = `import { jsonHttp } from '@wildcast/relay'
export default jsonHttp(async (request) => new Response(await request.text()))`

const toml = `port = 0
host = "127.0.0.1"
request_response = "json"
timeout = 300_000
brokers.main.type = "memory"
[[component]]
id = "echo"
source = "echo.js"
trigger.subscription.Request = { path = "echo", method = "POST" }
`

/** Starts a process, and reads its URL from its output. */
async function start(words, cwd) {
  const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  process.once('exit', () => child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { url: new URL(line.match(/http:\S+/)[0]), stop: () => child.kill(), child }
}

function project() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(path.join(folder, 'echo.js'), component)
  writeFileSync(path.join(folder, 'wildcast.toml'), toml)
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  // The relay reports its heap on each message.
  writeFileSync(
    path.join(folder, 'heap.cjs'),
    "process.on('message', () => { gc(); gc(); process.send(process.memoryUsage().heapUsed) })",
  )
  return folder
}

/** Requests a second, and the 99th percentile of the answer time, in milliseconds. */
async function measure({ host, port }, urlPath) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const times = []
  let left = requests
  const ask = () =>
    new Promise((resolve, reject) => {
      const begun = performance.now()
      const asked = request({ host: '127.0.0.1', port, path: urlPath, method: 'POST', agent }, (answer) => {
        answer.resume().once('end', () => {
          if (answer.statusCode !== 200) reject(new Error(`${host} answered ${answer.statusCode}`))
          times.push(performance.now() - begun)
          resolve()
        })
      })
      asked.on('error', reject).end(body)
    })
  const worker = async () => {
    while (left-- > 0) await ask()
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  const perSecond = requests / ((performance.now() - begun) / 1000)
  agent.destroy()
  times.sort((a, b) => a - b)
  return { perSecond, p99: times[Math.floor(times.length * 0.99)] }
}

async function heapOf({ child }) {
  // Subscriptions linger for a second, and the engine keeps compiled code for a while.
  await new Promise((resolve) => setTimeout(resolve, 8000))
  child.send('heap')
  const [bytes] = await once(child, 'message')
  return bytes
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const control = await start(['-e', plain])
const wildcast = path.join(root, 'relay/bin/wildcast.js')
const folder = project()
const relay = await start(['--expose-gc', '--require', path.join(folder, 'heap.cjs'), wildcast, 'up'], folder)
const results = []
await measure(relay.url, '/request/echo') // warm-up
const before = await heapOf(relay)
for (let i = 0; i < rounds; i++)
  results.push({ plain: await measure(control.url, '/'), ours: await measure(relay.url, '/request/echo') })
const after = await heapOf(relay)

console.log(`${rounds} rounds of ${requests} requests, ${inFlight} in flight, ${body.length} bytes; medians\n`)
console.log('                        requests/s   p99 ms')
for (const [variant, name] of [
  ['plain', 'plain Node'],
  ['ours', 'relay and component'],
]) {
  const of = (key) => median(results.map((result) => result[variant][key]))
  console.log(name.padEnd(22), of('perSecond').toFixed(0).padStart(11), of('p99').toFixed(1).padStart(8))
}
const ratio = median(results.map(({ plain, ours }) => plain.perSecond / ours.perSecond))
console.log(`\nplain / ours: ${ratio.toFixed(1)}`)
const mb = (bytes) => (bytes / 1024 / 1024).toFixed(1)
const growth = ((after / before - 1) * 100).toFixed(1)
console.log(
  `heap of the relay after ${requests} requests: ${mb(before)} MB, ` +
    `after ${requests * (rounds + 1)}: ${mb(after)} MB (${growth} %)`,
)
control.stop()
relay.stop()
process.exit()
