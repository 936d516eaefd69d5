// Loaded before a relay starts (`node --import`). Between "begin" and "end" it measures the
// processor time of each turn of the event loop, and reports the longest.
import { openSync, readSync } from 'node:fs'

// Nanoseconds on a processor come first, of the main thread alone
// (Documentation/scheduler/sched-stats.rst). Unlike a clock they do not count the time that other
// processes take.
const file = openSync('/proc/self/schedstat', 'r')
const read = Buffer.alloc(64)

function processorMs() {
  const length = readSync(file, read, 0, read.length, 0)
  return Number.parseInt(read.toString('latin1', 0, length), 10) / 1e6
}

let measuring = false
let last = 0
let longestMs = 0

function turn() {
  const now = processorMs()
  longestMs = Math.max(longestMs, now - last)
  last = now
  if (measuring) setImmediate(turn)
}

process.on('message', (said) => {
  if (said === 'begin') {
    measuring = true
    longestMs = 0
    last = processorMs()
    setImmediate(turn)
  }
  if (said === 'end') {
    turn()
    measuring = false
    process.send?.({ longestMs })
  }
  if (said === 'memory') process.send?.({ bytes: process.memoryUsage.rss() })
})
// A relay whose test was killed ends.
process.on('disconnect', () => process.exit())
process.channel?.unref()
