// npm run lighthouse [-- chat dashboard]: measures views of the demo, as `npm start` serves them,
// with Lighthouse in Debian's Chromium, as a phone and as a desktop. Prints the median of five
// runs each, and fails below 95.
import { findProgram, installPackages, installPrograms } from './needs.js'
import { script } from './run.js'
import { startDemo } from './start-demo.js'

const least = 95
const runs = Number(process.env.WILDCAST_LIGHTHOUSE_RUNS ?? 5)
const forms = ['mobile', 'desktop']
/** The chat is what a visitor loads first. */
const views = process.argv.length > 2 ? process.argv.slice(2) : ['chat']
const metrics = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift']

/** Opens Chromium with an empty profile, measures a page, and returns the report. */
async function measure(url, form) {
  const { launch } = await import('chrome-launcher')
  const { default: lighthouse, desktopConfig } = await import('lighthouse')
  const chromium = await launch({
    chromePath: process.env.WILDCAST_CHROMIUM ?? findProgram('chromium'),
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--disable-quic'],
  })
  try {
    const flags = { port: chromium.port, logLevel: 'error', output: 'json' }
    const { lhr } = await lighthouse(url, flags, form === 'desktop' ? desktopConfig : undefined)
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message)
    return lhr
  } finally {
    chromium.kill()
  }
}

/** The middle one of some numbers. */
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]

/** Measures a view several times. Returns the medians of the categories and of the metrics. */
async function measureView(url, view, form) {
  const reports = []
  for (let i = 0; i < runs; i++) reports.push(await measure(`${url}/#/${view}`, form))
  for (const line of new Set(reports.flatMap(failed))) console.log(`${view}, ${form}: ${line}`)
  const scores = Object.entries(reports[0].categories).map(([id, { title }]) => [
    title,
    median(reports.map(({ categories }) => Math.round(categories[id].score * 100))),
  ])
  const values = metrics.map((id) => [
    reports[0].audits[id].title,
    Number(median(reports.map(({ audits }) => audits[id].numericValue)).toFixed(3)),
  ])
  return { scores: Object.fromEntries(scores), values: Object.fromEntries(values) }
}

/** The audits that cost a point, each as a line. */
function failed({ categories, audits }) {
  return Object.values(categories).flatMap(({ title, auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
      .map(({ id }) => `${title}: ${audits[id].title} (${audits[id].displayValue ?? id})`),
  )
}

await script(async () => {
  installPackages()
  installPrograms(['chromium'])
  const { url, stop } = await startDemo()
  try {
    const rows = {}
    for (const view of views)
      for (const form of forms) {
        const { scores, values } = await measureView(url, view, form)
        rows[`${view}, ${form}`] = { ...scores, ...values }
        const low = Object.entries(scores).filter(([, score]) => score < least)
        for (const [title, score] of low) console.error(`${view}, ${form}: ${title} is ${score}, below ${least}`)
        if (low.length > 0) process.exitCode = 1
      }
    console.table(rows)
  } finally {
    await stop()
  }
})
