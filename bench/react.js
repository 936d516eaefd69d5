// Frames of a page while 20,000 messages a second come into 50 mounted hooks: the SDK and the hooks
// in Chromium, on a real relay, by WebSocket and by HTTP stream, against a bare WebSocket with one
// setState per frame, a page that makes and draws the same rows itself, and a page without
// messages, in one run:
// node bench/react.js [rounds] [messages a second] [seconds]
// BEFORE=<folder of another checkout, built> adds its relay, SDK and hooks.
import { openPages } from './page-run.js'
import { printFrames } from './report/frames.js'
import { median } from './report/median.js'

const [rounds, rate, seconds] = [process.argv[2] ?? 3, process.argv[3] ?? 20_000, process.argv[4] ?? 8].map(Number)
const load = { subjects: 50, rate, seconds, publishes: 'messages' }

const pages = await openPages()
const before = process.env.BEFORE && (await openPages({ checkout: process.env.BEFORE }))
const variants = {
  idle: () => pages.visit('ours', { ...load, publishes: undefined }),
  drawn: () => pages.visit('drawn', { ...load, publishes: 'own' }),
  bare: () => pages.visit('bare', load),
  ours: () => pages.visit('ours', load),
  stream: () => pages.visit('stream', load),
  ...(before && { before: () => before.visit('ours', load) }),
}
const results = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
for (let round = 0; round < rounds; round++)
  for (const [name, visit] of Object.entries(variants)) results[name].push(await visit())

console.log(`${rounds} rounds of ${seconds} s, ${rate} messages a second into 50 lists; medians\n`)
printFrames(results, rate * seconds)
const of = (name, field) => median(results[name].map((result) => result[field]))
const ratio = (field, a, b) => (of(a, field) / of(b, field)).toFixed(2)
for (const name of ['ours', 'stream'])
  console.log(`frames/s: ${name} / bare ${ratio('fps', name, 'bare')}, ${name} / idle ${ratio('fps', name, 'idle')}`)
console.log(`CPU of a message: drawn / ours ${ratio('messageUs', 'drawn', 'ours')}`)
if (before) {
  const added = (name) => of(name, 'messageUs') - of('drawn', 'messageUs')
  console.log(`CPU of a message: ours / before ${ratio('messageUs', 'ours', 'before')} (bar 0.5)`)
  console.log(`the same without the rows themselves: ${(added('ours') / added('before')).toFixed(2)}`)
}
await pages.close()
await before?.close()
