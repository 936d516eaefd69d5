// The cost of permissions and rates for a publish: node bench/access.js [rounds, 9 by default]
// In one process, on the built relay with its broker in memory. Readers have plain sockets to
// another process, which discards all. Each round measures every variant, so that all see the same
// machine; medians of the rounds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createRelay, everything, Grants, memory, newId, realClock } from '@wildcast/relay'
import { limitsOf } from '../relay/dist/core/limits.js'
import { RelayRates } from '../relay/dist/core/session-rates.js'
import { messageEncoder } from './message-encoder.js'
import { asText } from './report/table.js'

const rounds = Number(process.argv[2] ?? 9)
const bars = { permissionUs: 1, rateUs: 0.2, fanOutShare: 0.05 }

/** Subjects as a decoder makes them: new strings each time. */
const fresh = (bytes) => bytes.toString('latin1')
const subjects = (count) => Array.from({ length: count }, (_, i) => Buffer.from(`room.${i}.ada.message`))

const rules = { publish: ['news.*', 'chat.{user}.**', 'room.*.{user}.*'], deny: { publish: ['room.*.*.secret'] } }
const ada = { user: 'ada', claims: {}, grants: new Grants([{ name: 'role "member"', rules }], { user: 'ada' }) }
/** The same user without rules. */
const open = { user: 'ada', claims: {} }
const rates = { publishes: 1e9, publishBytes: 1e9, userPublishes: 1e9, userPublishBytes: 1e9 }

/** Writes to a socket, whose other end is in a process that discards everything. */
async function wireTo(port) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return {
    waiting: 0,
    progress: 0,
    write: (bytes) => socket.write(bytes),
    whenDrained: (run) => socket.once('drain', run),
    end: () => socket.destroy(),
  }
}

/** Starts that process. Resolves with its port. */
async function startSink() {
  const script =
    "require('net').createServer((s) => s.resume()).listen(0, function () { process.send(this.address().port) })"
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  process.once('exit', () => child.kill())
  const [port] = await once(child, 'message')
  return { port, stop: () => child.kill() }
}

/** A session that publishes, and `readers` that receive everything. */
async function opened(sink, { identity, limits, readers }) {
  const brokers = { main: memory({ clock: realClock, newId }) }
  const relay = await createRelay({ brokers, newId, limits, onError: console.error })
  for (let i = 0; i < readers; i++) {
    const wire = await wireTo(sink.port)
    const session = relay.open(relay.outbox(messageEncoder, { wire, owner: { ended: () => {} } }), everything)
    await session.subscribe({ subject: 'room.**' }, () => {})
  }
  const publisher = relay.open({ deliver: () => {}, ended: () => {} }, identity)
  return { relay, publisher }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Microseconds of processor time for each publish. */
async function publishUs({ publisher }, { each, count }) {
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    publisher.publish({ subject: fresh(each[i % each.length]), payload: 'hello' })
    if (i % 64 === 63) await turn()
  }
  await turn()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** Microseconds of one decision, without the rest of a publish. */
function decideUs({ grants }, { each, count }) {
  const before = process.cpuUsage()
  let allowed = 0
  for (let i = 0; i < count; i++)
    if (grants.decide({ kind: 'publish', broker: 'main', subject: fresh(each[i % each.length]) }).allowed) allowed++
  const { user, system } = process.cpuUsage(before)
  if (allowed !== count) throw new Error('a publish was refused')
  return (user + system) / count
}

/** Microseconds of all rates of a publish, without its rest. */
function ratesUs(count) {
  const session = new RelayRates(realClock, limitsOf(rates)).open()
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) session.publish('hello', 'ada')
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

/** The same loop without a decision. */
function stringUs({ each, count }) {
  const before = process.cpuUsage()
  let length = 0
  for (let i = 0; i < count; i++)
    length += { kind: 'publish', broker: 'main', subject: fresh(each[i % each.length]) }.subject.length
  const { user, system } = process.cpuUsage(before)
  return length > 0 ? (user + system) / count : 0
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const inOrder = (list, round) => (round % 2 === 0 ? list : list.toReversed())

/** Medians of the variants, which alternate. */
async function alternating(variants) {
  const figures = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++)
    // In turns from both ends: a garbage collection belongs to all variants.
    for (const [name, run] of inOrder(Object.entries(variants), round)) {
      const figure = await run()
      if (round > 0) figures[name].push(figure) // the first one only warms up
    }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]))
}

const us = (value) => value.toFixed(3)
const verdict = (value, bar) => `${value <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`

async function decisions() {
  const rows = [['', 'µs', 'bar']]
  for (const distinct of [1, 50, 10_000]) {
    const load = { each: subjects(distinct), count: 200_000 }
    const { decided, bare } = await alternating({ decided: () => decideUs(ada, load), bare: () => stringUs(load) })
    rows.push([
      `a permission, ${distinct} subjects in turn`,
      us(decided - bare),
      verdict(decided - bare, bars.permissionUs),
    ])
  }
  const { all } = await alternating({ all: () => ratesUs(500_000) })
  rows.push(['all rates', us(all), verdict(all, bars.rateUs)])
  console.log(`The checks of a publish\n${asText(rows)}\n`)
}

async function publishes(sink) {
  const rows = [['readers', 'subjects', 'open, µs', 'rules, µs', 'share', 'bar', 'rates, µs', 'more, µs']]
  for (const [readers, distinct] of [
    [0, 50],
    [10, 50],
    [100, 50],
    [100, 10_000],
  ]) {
    const load = { each: subjects(distinct), count: readers === 100 ? 20_000 : 100_000 }
    const free = await opened(sink, { identity: open, readers })
    const ruled = await opened(sink, { identity: ada, readers })
    const rated = await opened(sink, { identity: open, limits: rates, readers })
    const figures = await alternating({
      open: () => publishUs(free, load),
      ruled: () => publishUs(ruled, load),
      rated: () => publishUs(rated, load),
    })
    const share = figures.ruled / figures.open - 1
    rows.push([
      `${readers}`,
      `${distinct}`,
      us(figures.open),
      us(figures.ruled),
      `${(100 * share).toFixed(1)} %`,
      readers < 100 ? '' : verdict(share, bars.fanOutShare),
      us(figures.rated),
      us(figures.rated - figures.open),
    ])
    for (const { relay } of [free, ruled, rated]) await relay.close()
  }
  console.log(`A publish, without and with rules, and with all rates\n${asText(rows)}`)
}

await decisions()
const sink = await startSink()
await publishes(sink)
sink.stop()
process.exit()
