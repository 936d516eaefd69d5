// Loaded before a relay starts (`node --import`). Between "begin" and "end" it measures the
// processor time of each turn of the event loop, and reports the longest one.
import { openSync, readSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// The file begins with the nanoseconds on a processor, of the main thread only
// (Documentation/scheduler/sched-stats.rst). Unlike a clock, it excludes the time of other
// processes.
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

/** Bytes that are in use after a garbage collection, buffers included. */
function heap() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

process.on('message', (message) => {
  if (message === 'begin') {
    measuring = true
    longestMs = 0
    last = processorMs()
    setImmediate(turn)
  }
  if (message === 'end') {
    turn()
    measuring = false
    process.send?.({ longestMs })
  }
  if (message === 'memory') process.send?.({ bytes: process.memoryUsage.rss() })
  if (message === 'heap') process.send?.({ bytes: heap() })
})
// The relay of a test that was killed ends, too.
process.on('disconnect', () => process.exit())
process.channel?.unref()
