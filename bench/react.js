// Frames of a page while 20,000 messages a second come into 50 mounted hooks: the SDK and the hooks
// in Chromium, on a real relay, by WebSocket and by HTTP stream, against a bare WebSocket with one
// setState per frame, and a page without messages, in one run:
// node bench/react.js [rounds] [messages a second] [seconds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import react from '@vitejs/plugin-react'
import { createClient } from '@wildcast/client'
import { build, defaultClientConditions } from 'vite'
import { WebSocket } from 'ws'
import { findProgram, installPrograms, root } from '../scripts/needs.js'
import { pagesCpuUs } from './processes.js'

const [rounds, rate, seconds] = [process.argv[2] ?? 3, process.argv[3] ?? 20_000, process.argv[4] ?? 8].map(Number)
const subjects = 50
/** Not measured, since the page's code is cold. */
const warmUpMs = 2000
const frameMs = 1000 / 60
/** The silence after which missing messages count as lost. */
const lossTimeoutMs = 10_000

async function buildPage(outDir) {
  await build({
    configFile: false,
    logLevel: 'error',
    root: path.join(root, 'bench/react-page'),
    plugins: [react()],
    resolve: { conditions: ['@wildcast/source', ...defaultClientConditions] },
    build: { outDir, emptyOutDir: true },
  })
}

const folder = mkdtempSync(path.join(tmpdir(), 'bench-react-'))
const children = new Set()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

function start(program, ...words) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] })
  children.add(child)
  return child
}

async function startRelay(page) {
  const words = ['gateway', '-p', '0', '--host', '127.0.0.1', '-b', 'InMemoryBroker', '--static', page]
  const relay = start(process.execPath, path.join(root, 'relay/bin/wildcast.js'), ...words)
  const [line] = await once(relay.stdout.setEncoding('utf8'), 'data')
  return { url: line.match(/http:\S+\d/)[0], stop: () => relay.kill() }
}

/**
 * Starts Chromium without a test driver, which would make it report each frame of a WebSocket: that
 * costs more than the page.
 */
function startBrowser(url) {
  const profile = mkdtempSync(path.join(folder, 'chromium-'))
  const browser = start(
    process.env.WILDCAST_CHROMIUM ?? findProgram('chromium'),
    ...['--headless', '--no-sandbox', '--no-first-run', `--user-data-dir=${profile}`, '--window-size=1280,720'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions'],
    url,
  )
  return {
    cpuUs: () => pagesCpuUs(browser.pid),
    async stop() {
      browser.kill()
      await once(browser, 'exit')
    },
  }
}

/** Opens a variant of the page, waits for all messages, and returns the page's reports. */
async function visit({ url, client }, variant) {
  const reports = client.subscribe('report')
  await reports.ready
  const browser = startBrowser(`${url}/?variant=${variant === 'idle' ? 'ours' : variant}&subjects=${subjects}`)
  const seen = { begun: [], longTasks: [], spent: [] }
  let publisher
  let changed
  for await (const { data } of reports) {
    if (data.ready < subjects) continue
    seen.begun.push(...data.begun)
    seen.longTasks.push(...data.longTasks)
    publisher ??= variant !== 'idle' && publish(url)
    if (data.got !== seen.got) changed = data.now
    seen.spent.push({ now: data.now, got: data.got, cpuUs: browser.cpuUs() })
    Object.assign(seen, { ...data, begun: seen.begun, longTasks: seen.longTasks, spent: seen.spent })
    const over = variant === 'idle' ? seconds * 1000 : lossTimeoutMs
    if (seen.got === rate * seconds || data.now - changed > over) break
  }
  await Promise.all([publisher, browser.stop()])
  const from = seen.firstAt || changed
  return { ...seen, from: from + warmUpMs, to: seen.lastAt || seen.now }
}

async function publish(url) {
  const words = [`${url}/ws`, subjects, rate, seconds].map(String)
  const publisher = start(process.execPath, path.join(root, 'bench/react-publisher.js'), ...words)
  const [code] = await once(publisher, 'exit')
  if (code !== 0) throw new Error('the publisher failed')
}

/** Statistics of the frames between two moments. */
function statistics({ begun, longTasks, spent, got, wrong, from, to }) {
  const times = begun.filter((at) => at >= from && at <= to)
  const gaps = times.slice(1).map((at, i) => at - times[i])
  const tasks = longTasks.filter(({ startTime }) => startTime >= from && startTime <= to)
  return {
    fps: (gaps.length * 1000) / (times.at(-1) - times[0]),
    dropped: gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frameMs) - 1), 0),
    p99: gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.99)],
    longest: Math.max(0, ...tasks.map(({ duration }) => duration)),
    cpuUs: cpuOfMessage(spent.filter(({ now }) => now >= from && now <= to)),
    late: to - from + warmUpMs - seconds * 1000,
    got,
    wrong,
  }
}

/**
 * The cost of a message on the page's main thread, in microseconds, including the frames that show
 * it. NaN without messages.
 */
function cpuOfMessage(spent) {
  const [first, last] = [spent[0], spent.at(-1)]
  return last?.got > first?.got ? (last.cpuUs - first.cpuUs) / (last.got - first.got) : Number.NaN
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]

installPrograms()
const page = path.join(folder, 'page')
await buildPage(page)
const { url, stop } = await startRelay(page)
const client = createClient({ url, WebSocket })

const variants = { idle: [], bare: [], ours: [], stream: [] }
for (let round = 0; round < rounds; round++)
  for (const variant of Object.keys(variants)) variants[variant].push(statistics(await visit({ url, client }, variant)))

console.log(`${rounds} rounds of ${seconds} s, ${rate} messages a second into ${subjects} lists; medians\n`)
const columns = [
  'frames/s',
  'dropped',
  'p99 ms',
  'longest task ms',
  'cpu us',
  'late ms',
  'messages',
  'lost or out of order',
]
const row = (name, cells) => console.log(name.padEnd(6), ...cells.map((cell, i) => cell.padStart(columns[i].length)))
row('', columns)
for (const [variant, results] of Object.entries(variants)) {
  const of = (field, digits = 0) => median(results.map((result) => result[field])).toFixed(digits)
  const sum = (field) => results.reduce((all, result) => all + result[field], 0)
  const missing = variant === 'idle' ? 0 : rate * seconds * rounds - sum('got') + sum('wrong')
  row(variant, [
    of('fps', 1),
    of('dropped'),
    of('p99', 1),
    of('longest'),
    of('cpuUs', 1),
    of('late'),
    `${sum('got')}`,
    `${missing}`,
  ])
}
const fps = (variant) => median(variants[variant].map((result) => result.fps))
const ratio = (a, b) => (fps(a) / fps(b)).toFixed(2)
for (const variant of ['ours', 'stream'])
  console.log(`\nframes/s: ${variant} / bare ${ratio(variant, 'bare')}, ${variant} / idle ${ratio(variant, 'idle')}`)
client.close()
stop()
await rm(folder, { recursive: true, force: true, maxRetries: 20 })
