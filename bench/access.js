// The cost of permissions and rates for a publish: node bench/access.js [rounds, 9 by default]
// In one process, on the built relay with its broker in memory, without sockets. Each round measures
// every variant, one after the other, so that all see the same machine; medians of the rounds.
import { createRelay, everything, Grants, memory, newId, realClock } from '@wildcast/relay'
import { asText } from './report/table.js'

const rounds = Number(process.argv[2] ?? 9)
const bars = { permissionUs: 1, rateUs: 0.2, fanOutShare: 0.05 }

/** Subjects as a decoder makes them: new strings each time. */
const fresh = (bytes) => bytes.toString('latin1')
const subjects = (count) => Array.from({ length: count }, (_, i) => Buffer.from(`room.${i}.ada.message`))

const rules = { publish: ['news.*', 'chat.{user}.**', 'room.*.{user}.*'], deny: { publish: ['room.*.*.secret'] } }
const ada = { user: 'ada', claims: {}, grants: new Grants([{ name: 'role "member"', rules }], { user: 'ada' }) }
const rates = { publishes: 1e9, publishBytes: 1e9, userPublishes: 1e9, userPublishBytes: 1e9 }

const encoder = {
  message: () => new Uint8Array(64),
  gap: () => undefined,
  overrun: 'gap',
  join: (_, length) => new Uint8Array(length),
}
const wire = { waiting: 0, write: () => true, whenDrained: () => {}, end: () => {} }

/** A session that publishes, and `readers` that receive everything. */
async function opened({ identity, limits, readers }) {
  const brokers = { main: memory({ clock: realClock, newId }) }
  const relay = await createRelay({ brokers, newId, limits, onError: console.error })
  for (let i = 0; i < readers; i++) {
    const session = relay.open(relay.outbox(encoder, { wire, owner: { ended: () => {} } }), everything)
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

/** Medians of the variants, which alternate. */
async function alternating(variants) {
  const figures = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(variants)) {
      const figure = await run()
      if (round > 0) figures[name].push(figure) // the first one only warms up
    }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]))
}

const us = (value) => value.toFixed(3)
const verdict = (value, bar) => `${value <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`

async function decisions() {
  const rows = [['subjects in turn', 'a decision, µs', 'bar']]
  for (const distinct of [1, 50, 10_000]) {
    const load = { each: subjects(distinct), count: 200_000 }
    const { decided, bare } = await alternating({ decided: () => decideUs(ada, load), bare: () => stringUs(load) })
    rows.push([`${distinct}`, us(decided - bare), verdict(decided - bare, bars.permissionUs)])
  }
  console.log(`A decision about a publish\n${asText(rows)}\n`)
}

async function publishes() {
  const rows = [['readers', 'subjects', 'open, µs', 'rules, µs', 'share', 'bar', 'rates, µs', 'more, µs', 'bar']]
  for (const [readers, distinct] of [
    [0, 50],
    [10, 50],
    [100, 50],
    [100, 10_000],
  ]) {
    const load = { each: subjects(distinct), count: readers === 100 ? 5_000 : 50_000 }
    const open = await opened({ identity: everything, readers })
    const ruled = await opened({ identity: ada, readers })
    const rated = await opened({ identity: { user: 'ada', claims: {} }, limits: rates, readers })
    const figures = await alternating({
      open: () => publishUs(open, load),
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
      readers > 0 ? '' : verdict(figures.rated - figures.open, bars.rateUs),
    ])
    for (const { relay } of [open, ruled, rated]) await relay.close()
  }
  console.log(`A publish, without and with rules, and with all rates\n${asText(rows)}`)
}

await decisions()
await publishes()
