// Filters: the cost of a message for a pattern with many distinct filters, of which it matches one:
// node bench/filters.js [rounds, 5 by default]
// In one process, on the built relay with its broker in memory. The controls are one subscriber
// without a filter, and a bare loop that parses the message once and tests every filter. Each round
// measures every variant, so that all see the same machine; medians of the rounds.
import { createRelay, everything, memory, newId, realClock } from '@wildcast/relay'
import { conditionTest } from '../relay/dist/core/filters/json-condition.js'
import { messageEncoder } from './message-encoder.js'
import { median } from './report/median.js'
import { asText } from './report/table.js'

const rounds = Number(process.argv[2] ?? 5)
const filtersOfSession = 30
const count = 20_000
const bars = { 100: 10, 1000: 50 }

/** Filters of several kinds: each by its number. */
const kinds = {
  'of one member': (i) => ({ user: i }),
  'whose first member is equal': (i) => ({ kind: 'order', user: i }),
  'of many different members': (i) => ({ [`m${i}`]: { id: i } }),
}

/** Payloads of about 200 bytes, each of which matches one of `filters`. */
const payloads = (filters, filterOf) =>
  Array.from({ length: filters }, (_, i) =>
    Buffer.from(
      JSON.stringify({ kind: 'order', user: -1, items: [1, 2, 3], note: 'x'.repeat(100), open: true, ...filterOf(i) }),
    ),
  )

/** A relay with these filters on `a.*`, and one session that publishes. */
async function opened(filters) {
  const brokers = { main: memory({ clock: realClock, newId }) }
  const relay = await createRelay({ brokers, newId, onError: console.error })
  const received = { count: 0 }
  const deliver = ({ bytes }) => {
    received.count += bytes.length > 0 ? 1 : 0
  }
  for (let i = 0; i < filters.length; i += filtersOfSession) {
    const session = relay.open({ encoder: messageEncoder, deliver, ended: () => {} }, everything)
    for (const filter of filters.slice(i, i + filtersOfSession))
      await session.subscribe({ subject: 'a.*', filter }, () => {})
  }
  const publisher = relay.open({ deliver: () => {}, ended: () => {} }, everything)
  return { publisher, received }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Microseconds of processor time for each message. The payloads are new strings each time. */
async function messageUs({ publisher, received }, each) {
  const from = received.count
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    publisher.publish({ subject: 'a.x', payload: each[i % each.length].latin1Slice() })
    if (i % 64 === 63) await turn()
  }
  await turn()
  const { user, system } = process.cpuUsage(before)
  if (received.count - from !== count) throw new Error(`${received.count - from} of ${count} messages were received`)
  return (user + system) / count
}

/** The same for a loop without a relay that tests every filter. */
function bareUs(tests, each) {
  const before = process.cpuUsage()
  let found = 0
  const bareCount = count / 10
  for (let i = 0; i < bareCount; i++) {
    const json = JSON.parse(each[i % each.length].latin1Slice())
    for (const test of tests) if (test(json)) found++
  }
  const { user, system } = process.cpuUsage(before)
  if (found !== bareCount) throw new Error('the loop has found other filters')
  return (user + system) / bareCount
}

/** Medians of the variants, which alternate. */
async function alternating(variants) {
  const figures = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    const entries = Object.entries(variants)
    for (const [name, run] of round % 2 === 0 ? entries : entries.toReversed()) {
      const figure = await run()
      if (round > 0) figures[name].push(figure) // the first one only warms up
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]))
}

const verdict = (value, bar) => `${value <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`
const rows = [['distinct filters', 'with filters, µs', 'without, µs', 'added, µs', 'bar', 'every filter tested, µs']]
for (const filters of [100, 1000])
  for (const [kind, filterOf] of Object.entries(kinds)) {
    const conditions = Array.from({ length: filters }, (_, i) => filterOf(i))
    const tests = conditions.map(conditionTest)
    const each = payloads(filters, filterOf)
    const [many, none] = [await opened(conditions), await opened([undefined])]
    const figures = await alternating({
      many: () => messageUs(many, each),
      none: () => messageUs(none, each),
      bare: () => bareUs(tests, each),
    })
    const added = figures.many - figures.none
    const [manyUs, noneUs, addedUs, testedUs] = [figures.many, figures.none, added, figures.bare].map((us) =>
      us.toFixed(1),
    )
    rows.push([`${filters}, ${kind}`, manyUs, noneUs, addedUs, verdict(added, bars[filters]), testedUs])
  }
console.log(`messages of about 200 bytes, each of which matches one filter; medians of ${rounds} rounds\n`)
console.log(asText(rows))
process.exit()
