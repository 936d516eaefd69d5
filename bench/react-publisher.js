// Publishes numbered rows to several subjects in turn, at a total rate, as messages or as values:
// node bench/react-publisher.js \
//   <url> <subjects> <messages a second> <seconds> <messages | values> <topic>
import { once } from 'node:events'
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { rowOf } from './react-page/row-of.js'

const [url, ...words] = process.argv.slice(2)
const [subjects, rate, seconds] = words.map(Number)
const [kind, topic] = words.slice(3)
const retain = kind === 'values' || undefined
const total = rate * seconds
/** Interval of the writes, in milliseconds. */
const tickMs = 4

let tcp
const createConnection = (options) => (tcp = connect(options))
const socket = new WebSocket(url, 'wildcast.v1+json', { createConnection, perMessageDeflate: false })
await once(socket, 'open')

const frame = (number) => {
  const message = JSON.stringify(rowOf(number, subjects))
  return JSON.stringify({ Publish: { subject: `${topic}.n${number % subjects}`, message, retain } })
}

const begun = performance.now()
let sent = 0
const ticks = setInterval(() => {
  const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate))
  tcp.cork() // one write for all
  while (sent < due) socket.send(frame(sent++))
  tcp.uncork()
  if (sent < total) return
  clearInterval(ticks)
  socket.close()
}, tickMs)
await once(socket, 'close')
console.log(((performance.now() - begun) / 1000).toFixed(2))
