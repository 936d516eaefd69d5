// The return of thousands of clients after their relay was killed and came back after a moment:
// node bench/storm.js [clients] [ms]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@wildcast/client'
import { WebSocket } from 'ws'
import { installPrograms, root } from '../scripts/needs.js'
import { asText } from './report/table.js'
import { freePort, startServer } from './servers.js'

const [count = 2000, awayMs = 1000] = process.argv.slice(2).map(Number)
/** Patterns that clients share. */
const patterns = 20
const timeoutMs = 60_000

// A client whose WebSocket is refused looks for the reason over HTTP. That costs little on each of
// thousands of machines, but seconds for all of them in one process.
globalThis.fetch = new Proxy(fetch, {
  apply: (target, self, [url, init]) =>
    init?.method === 'HEAD' ? Promise.reject(new Error('not probed')) : Reflect.apply(target, self, [url, init]),
})

const wildcast = path.join(root, 'relay/bin/wildcast.js')
const meter = path.join(root, 'relay/test/servers/loop-meter.js')

/** Starts a relay whose event loop is measured from the moment at which it accepts clients. */
async function startRelay(port, broker) {
  const words = ['gateway', '--host', '127.0.0.1', '-p', `${port}`, '-b', `Nats[addresses][0]=127.0.0.1:${broker}`]
  const relay = fork(wildcast, words, { execArgv: ['--import', meter], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const kill = () => relay.kill('SIGKILL')
  process.once('exit', kill)
  await once(relay.stdout, 'data')
  relay.send('begin')
  return {
    async kill() {
      kill()
      await once(relay, 'exit')
      process.off('exit', kill)
    },
    /** The processor time of the longest turn. */
    async longestTurnMs() {
      relay.send('end')
      const [{ longestMs }] = await once(relay, 'message')
      return longestMs
    },
  }
}

/** Current subscriptions at the broker, and the number of all that it has ever had. */
async function brokerSubscriptions(port) {
  const { num_subscriptions, num_inserts } = await (await fetch(`http://127.0.0.1:${port}/subsz`)).json()
  return { now: num_subscriptions, ever: num_inserts }
}

/**
 * Clients with a subscription each, which record when they are connected, and when they are ready.
 */
function openClients(port, onReady) {
  return Array.from({ length: count }, (_, i) => {
    const times = { attempts: 0, online: 0 }
    const client = createClient({ url: `ws://127.0.0.1:${port}`, WebSocket, onError: () => {} })
    client.onStatus(({ state }) => {
      if (state === 'connecting') times.attempts++
      if (state === 'online') times.online = performance.now()
    })
    client.subscribe(`storm.${i % patterns}.*`, () => {}, { onStatus: (status) => status === 'ready' && onReady() })
    return { client, times }
  })
}

/** Counts ready clients. `again` resolves with the time at which all are ready once more. */
function readyCounter() {
  let ready = 0
  let all = () => {}
  return {
    onReady() {
      if (++ready === count) all(performance.now())
    },
    async again() {
      ready = 0
      const late = pause(timeoutMs, undefined, { ref: false }).then(() => {
        throw new Error(`after ${timeoutMs / 1000} s only ${ready} of ${count} clients are ready`)
      })
      return Promise.race([new Promise((resolve) => (all = resolve)), late])
    },
  }
}

/** The largest number of these in any second, beginning at any moment. */
function mostInASecond(sorted) {
  let from = 0
  return sorted.reduce((most, moment, i) => {
    while (moment - sorted[from] >= 1000) from++
    return Math.max(most, i - from + 1)
  }, 0)
}

const share = (part) => `${((100 * part) / count).toFixed(1)} %`
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`

installPrograms()
const [port, broker, monitor] = [await freePort(), await freePort(), await freePort()]
await startServer(['nats-server', '-a', '127.0.0.1', '-p', `${broker}`, '-m', `${monitor}`], broker)
const begun = performance.now()
const first = await startRelay(port, broker)
const startMs = performance.now() - begun

const { onReady, again } = readyCounter()
const opening = again()
const clients = openClients(port, onReady)
await opening
await pause(6000) // until the clients count their connections as healthy
const before = await brokerSubscriptions(monitor)

for (const { times } of clients) times.attempts = 0
const returning = again()
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const lost = performance.now()
await first.kill()
await pause(Math.max(0, awayMs - startMs - (performance.now() - lost)))
const second = await startRelay(port, broker)
const back = performance.now()
const readyAt = await returning
delay.disable()
const longestMs = await second.longestTurnMs()
const after = await brokerSubscriptions(monitor)

/** From the moment at which the relay accepted clients again. */
const moments = clients.map(({ times }) => times.online - back).sort((a, b) => a - b)
const inSecond = (n) => moments.filter((moment) => Math.max(0, Math.floor(moment / 1000)) === n).length
console.log(
  [
    `${count} clients; the relay was away for ${seconds(back - lost)}\n`,
    asText([
      ['second', 'back', 'share'],
      ...Array.from({ length: Math.ceil(moments[count - 1] / 1000) }, (_, n) => [
        `${n + 1}`,
        `${inSecond(n)}`,
        share(inSecond(n)),
      ]),
    ]),
    '',
    `most in any second    ${share(mostInASecond(moments))}`,
    `half of them back     ${seconds(moments[count >> 1])}`,
    `last one back         ${seconds(moments[count - 1])}`,
    `all ready             ${seconds(readyAt - back)}`,
    `attempts of a client  ${(clients.reduce((sum, { times }) => sum + times.attempts, 0) / count).toFixed(2)}`,
    `longest turn          ${longestMs.toFixed(1)} ms of the relay's processor time`,
    `clients' process      blocked for ${(delay.max / 1e6).toFixed(0)} ms at most`,
    `at the broker         ${after.now} subscriptions (${before.now} before)`,
    `                      ${after.ever - before.ever} made by the second relay`,
  ].join('\n'),
)
for (const { client } of clients) client.close()
process.exit() // with all started processes
