// The relay's cost of a subscription, in time and memory, for different numbers of them:
// node --expose-gc bench/subscriptions.js [most, 1000000 by default]
// In one process, on the built relay with its broker in memory, without sockets. A thousand
// subscriptions for each session.
import { createRelay, everything, memory, newId, realClock } from '@wildcast/relay'
import { asText } from './report/table.js'

const most = Number(process.argv[2] ?? 1_000_000)
const each = 1000

if (!globalThis.gc)
  throw new Error('the measurement of memory needs the garbage collector: run it with node --expose-gc')

const kinds = {
  'a subject of its own': (session, i) => `tenant.${session}.room.${i}`,
  'shared with all others': (_, i) => `tenant.room.${i}`,
  'with a wildcard of its own': (session, i) => `tenant.${session}.*.${i}`,
}

const encoder = {
  message: () => new Uint8Array(1),
  gap: () => undefined,
  overrun: 'gap',
  join: (_, n) => new Uint8Array(n),
}
const wire = { waiting: 0, write: () => true, whenDrained: () => {}, end: () => {} }

function heap() {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Microseconds of processor time of a function, divided by `count`. */
async function timed(count, run) {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

async function measure(subject, count) {
  const brokers = { main: memory({ clock: realClock, newId }) }
  const relay = await createRelay({ brokers, newId, onError: console.error })
  const sessions = Array.from({ length: count / each }, () =>
    relay.open(relay.outbox(encoder, { wire, owner: { ended: () => {} } }), everything),
  )
  const before = heap()
  const subscribe = await timed(count, async () => {
    for (const [s, session] of sessions.entries())
      await Promise.all(Array.from({ length: each }, (_, i) => session.subscribe({ subject: subject(s, i) }, () => {})))
  })
  const bytes = (heap() - before) / count
  const leave = await timed(count, () => {
    for (const session of sessions) session.close()
  })
  await relay.close()
  return [subscribe.toFixed(1), leave.toFixed(1), `${Math.round(bytes)}`]
}

const rows = [['subscriptions', '', 'subscribe, µs', 'leave, µs', 'bytes of heap for each']]
for (const [kind, subject] of Object.entries(kinds))
  for (let count = 1000; count <= most; count *= 10) rows.push([`${count}`, kind, ...(await measure(subject, count))])
console.log(asText(rows))
process.exit() // without waiting for lingering subscriptions
