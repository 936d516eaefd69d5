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

/** Not measured, since the page's code is cold. */
const warmUpMs = 2000
const frameMs = 1000 / 60
/** The silence after which missing messages count as lost. */
const lossTimeoutMs = 10_000

/**
 * Serves a page of `bench/react-page` by a relay, for visits in Chromium.
 * @param {object} [options]
 * @param {string} [options.page] - its file
 * @param {string} [options.checkout] - the folder whose packages the page and the relay are of, if
 * not this one; it must be built
 */
export async function openPages({ page = 'index.html', checkout = root } = {}) {
  installPrograms()
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-react-'))
  const children = new Set()
  const killAll = () => {
    for (const child of children) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  const start = (program, ...words) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] })
    children.add(child)
    return child
  }
  const built = path.join(folder, 'page')
  await buildPage(page, { outDir: built, checkout })
  const { relay, url } = await startRelay(start, { page: built, checkout })
  const client = createClient({ url, WebSocket })

  /**
   * Opens a variant of the page, waits for all messages of the subjects below a topic, and returns
   * statistics of the page's reports. The page makes the messages itself if it `publishes: 'own'`.
   */
  async function visit(variant, { subjects, rate, seconds, publishes, topic = 'bench' }) {
    const reports = client.subscribe('report')
    await reports.ready
    const load = [`${url}/ws`, subjects, rate, seconds, publishes, topic]
    const query = new URLSearchParams({ variant, subjects, topic, rate, seconds })
    const browser = startBrowser(start, folder, `${url}/${page}?${query}`)
    const seen = { begun: [], longTasks: [], spent: [] }
    let publisher
    let changed
    for await (const { data } of reports) {
      if (!(data.ready >= subjects)) continue
      seen.begun.push(...data.begun)
      seen.longTasks.push(...data.longTasks)
      publisher ??= publishes && publishes !== 'own' && publish(start, load)
      if (data.got !== seen.got) changed = data.now
      seen.spent.push({ now: data.now, got: data.got, cpuUs: browser.cpuUs() })
      Object.assign(seen, { ...data, begun: seen.begun, longTasks: seen.longTasks, spent: seen.spent })
      const over = publishes ? lossTimeoutMs : seconds * 1000
      if ((publishes && seen.got === rate * seconds) || data.now - changed > over) break
    }
    await Promise.all([publisher, browser.stop()])
    const [from, to] = publishes && seen.firstAt ? [seen.firstAt, seen.lastAt] : [changed, seen.now]
    return statistics({ ...seen, from: from + warmUpMs, to }, seconds)
  }

  return {
    visit,
    async close() {
      client.close()
      relay.kill()
      killAll()
      await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

/** Builds a page of this folder with the packages of a checkout. */
async function buildPage(page, { outDir, checkout }) {
  const pages = path.join(root, 'bench/react-page')
  const alias = checkout === root ? [] : packagesOf(checkout)
  await build({
    configFile: false,
    logLevel: 'error',
    root: pages,
    plugins: [react()],
    resolve: { conditions: ['@wildcast/source', ...defaultClientConditions], dedupe: ['react', 'react-dom'], alias },
    build: { outDir, emptyOutDir: true, rolldownOptions: { input: path.join(pages, page) } },
  })
}

/** The aliases that replace the client and the hooks by those of a checkout. */
const packagesOf = (checkout) => [
  { find: /^@wildcast\/(client|react)$/, replacement: `${checkout}/packages/$1/src/index.ts` },
  { find: /^@wildcast\/(client|react)\/(.+)$/, replacement: `${checkout}/packages/$1/src/$2.ts` },
]

async function startRelay(start, { page, checkout }) {
  const words = ['gateway', '-p', '0', '--host', '127.0.0.1', '-b', 'InMemoryBroker', '--static', page]
  const relay = start(process.execPath, path.join(checkout, 'relay/bin/wildcast.js'), ...words)
  const [line] = await once(relay.stdout.setEncoding('utf8'), 'data')
  return { relay, url: line.match(/http:\S+\d/)[0] }
}

/**
 * Starts Chromium without a test driver, which would make it report each frame of a WebSocket: that
 * costs more than the page.
 */
function startBrowser(start, folder, url) {
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

async function publish(start, words) {
  const publisher = start(process.execPath, path.join(root, 'bench/react-publisher.js'), ...words.map(String))
  const [code] = await once(publisher, 'exit')
  if (code !== 0) throw new Error('the publisher failed')
}

/** Statistics of the frames between two moments. */
function statistics({ begun, longTasks, spent, got, wrong, from, to }, seconds) {
  const times = begun.filter((at) => at >= from && at <= to)
  const gaps = times.slice(1).map((at, i) => at - times[i])
  const tasks = longTasks.filter(({ startTime }) => startTime >= from && startTime <= to)
  const cpu = spent.filter(({ now }) => now >= from && now <= to)
  return {
    fps: (gaps.length * 1000) / (times.at(-1) - times[0]),
    dropped: gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frameMs) - 1), 0),
    p99: gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.99)],
    longest: Math.max(0, ...tasks.map(({ duration }) => duration)),
    messageUs: cpuOfMessage(cpu),
    frameMs: cpuOfFrame(cpu, times),
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

/** The work of the page's main thread for a frame, in milliseconds. */
function cpuOfFrame(spent, times) {
  const [first, last] = [spent[0], spent.at(-1)]
  const frames = times.filter((at) => at >= first?.now && at <= last?.now).length
  return frames > 0 ? (last.cpuUs - first.cpuUs) / 1000 / frames : Number.NaN
}
