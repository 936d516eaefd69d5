// A kept message on Redis: the processor time of Redis for an append of the relay's broker, against
// a bare script that does XADD and PUBLISH, one call for each message, in one run.
// node bench/redis-append.js [rounds, 5 by default] [in flight, 256 by default]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { foreignBroker } from '../relay/dist/brokers/foreign/foreign-broker.js'
import { redisDriver } from '../relay/dist/brokers/redis/driver.js'
import { realClock } from '../relay/dist/core/clock.js'
import { newId } from '../relay/dist/node/new-id.js'
import { findProgram } from '../scripts/needs.js'
import { median } from './report/median.js'
import { asText } from './report/table.js'
import { freePort, startServer } from './servers.js'

const [rounds = 5, inFlight = 256] = process.argv.slice(2).map(Number)
const messages = 30_000
const [subjects, kept] = [20, 1000]
const payload = 'x'.repeat(200)
const bar = 1.5

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
const port = await freePort()
await startServer([findProgram('redis-server'), '--port', `${port}`, '--save', '', '--dir', folder], port)
const url = `redis://127.0.0.1:${port}`
const client = new Redis(url)
client.defineCommand('append', {
  numberOfKeys: 1,
  lua: `redis.call('XADD', KEYS[1], 'MAXLEN', '=', ${kept}, '*', 'payload', ARGV[2])
return redis.call('PUBLISH', ARGV[1], ARGV[2])`,
})
const history = [{ subjects: 'room.*.msg', messages: kept }]
const driver = redisDriver({ url, history }, { clock: realClock, newId })
const broker = await foreignBroker(driver, { clock: realClock, newId })({ status() {}, dropped() {} })
const listener = { deliver() {}, ended() {} }
for (const pattern of ['room.*.msg', 'bare.*.msg']) await broker.subscribe({ pattern }, listener)

const from = { session: 's', user: 'ada' }
const appends = {
  ours: (i) => broker.history.append({ subject: `room.${i % subjects}.msg`, payload, from }),
  bare: (i) => client.append(`bare:${i % subjects}`, `bare.${i % subjects}.msg`, payload),
}

/** The processor time that Redis has used, in µs. */
async function usedUs() {
  const info = await client.info('cpu')
  const seconds = (kind) => Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)[1])
  return (seconds('sys') + seconds('user')) * 1e6
}

/** The processor time of Redis for a message, in µs. */
async function measured(append) {
  const before = await usedUs()
  let next = 0
  const worker = async () => {
    while (next < messages) await append(next++)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return ((await usedUs()) - before) / messages
}

const results = { ours: [], bare: [] }
for (let round = 0; round <= rounds; round++)
  for (const name of round % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours']) {
    const us = await measured(appends[name])
    if (round > 0) results[name].push(us) // the first one only warms up
  }
const [ours, bare] = [median(results.ours), median(results.bare)]
const verdict = `${ours / bare <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`
console.log(`${inFlight} messages of ${payload.length} bytes in flight, ${kept} kept of each of ${subjects} subjects\n`)
console.log(
  asText([
    ['ours, µs', 'bare, µs', 'ratio', 'bar'],
    [ours.toFixed(1), bare.toFixed(1), (ours / bare).toFixed(2), verdict],
  ]),
)
await broker.close()
client.disconnect()
rmSync(folder, { recursive: true })
process.exit()
