// Frames of a page that shows a table of 1,000 values, each of which changes 10 times a second: one
// `useValues` in Chromium, on a real relay, against a page that makes and draws the same values
// itself, and the same page without changes, in one run:
// node bench/react-values.js [rounds] [rows] [changes of a row a second] [seconds]
import { openPages } from './page-run.js'
import { printFrames } from './report/frames.js'
import { median } from './report/median.js'

const [rounds = 3, subjects = 1000, changes = 10, seconds = 8] = process.argv.slice(2).map(Number)
const load = { subjects, rate: subjects * changes, seconds, publishes: 'values' }
const bars = { frameMs: 10, frames: 0.95 }

const pages = await openPages({ page: 'values.html' })
const results = { idle: [], drawn: [], values: [] }
for (let round = 0; round < rounds; round++) {
  const topic = `round${round}`
  results.values.push(await pages.visit('values', { ...load, topic }))
  results.drawn.push(await pages.visit('drawn', { ...load, topic, publishes: 'own' }))
  results.idle.push(await pages.visit('values', { ...load, topic, publishes: undefined }))
}

console.log(`${rounds} rounds of ${seconds} s, ${subjects} rows with ${changes} changes a second; medians\n`)
printFrames(results, load.rate * seconds)
const of = (name, field) => median(results[name].map((result) => result[field]))
console.log(`main thread: ${of('values', 'frameMs').toFixed(1)} ms a frame (bar ${bars.frameMs})`)
console.log(`without hook and relay: ${of('drawn', 'frameMs').toFixed(1)} ms a frame`)
console.log(`frames/s: values / idle ${(of('values', 'fps') / of('idle', 'fps')).toFixed(2)} (bar ${bars.frames})`)
await pages.close()
