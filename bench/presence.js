// Presence: what a member costs that enters a room, against a plain message of the same client, in
// one run: node bench/presence.js [rounds, 5 by default]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { WebSocket } from 'ws'
import { root } from '../scripts/needs.js'
import { onOwnCore } from './cores.js'
import { usageOf } from './processes.js'
import { median } from './report/median.js'
import { asText } from './report/table.js'

const rounds = Number(process.argv[2] ?? 5)
const members = 1000
const watchers = 10
const bar = 2
const data = JSON.stringify({ name: 'Ada' })

const wildcast = path.join(root, 'relay/bin/wildcast.js')
const [command, ...words] = onOwnCore('server', [
  process.execPath,
  wildcast,
  'gateway',
  '-b',
  'InMemoryBroker',
  '-p',
  '0',
])
const relay = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] })
process.once('exit', () => relay.kill('SIGKILL'))
const [line] = await once(relay.stdout.setEncoding('utf8'), 'data')
const url = `${line.match(/http:\S+/)[0].replace('http', 'ws')}/ws`

async function open() {
  const socket = new WebSocket(url, 'wildcast.v1+json', { perMessageDeflate: false })
  await once(socket, 'open')
  socket.send('{"Connect":{}}')
  await once(socket, 'message')
  return socket
}

/** Sends a frame on each socket, and waits for its `Ack`. */
const all = (sockets, frameOf) =>
  Promise.all(
    sockets.map(
      (socket, i) =>
        new Promise((resolve, reject) => {
          const receive = (message) => {
            if (message.includes('"Error"')) reject(new Error(String(message)))
            if (!message.includes('"Ack"')) return
            socket.off('message', receive)
            resolve()
          }
          socket.on('message', receive)
          socket.send(JSON.stringify(frameOf(i)))
        }),
    ),
  )

async function measured(step) {
  const before = usageOf(relay.pid).cpuUs
  await step()
  return (usageOf(relay.pid).cpuUs - before) / members
}

const sockets = []
for (let i = 0; i < members; i++) sockets.push(await open())
for (let i = 0; i < watchers; i++) {
  const socket = await open()
  for (const subject of ['$presence.room.*', 'plain.*']) socket.send(JSON.stringify({ Subscribe: { subject } }))
}
const steps = {
  enter: () => all(sockets, (i) => ({ Enter: { ref: 1, subject: 'room', member: `m${i}`, message: data } })),
  plain: () => all(sockets, (i) => ({ Publish: { ref: 1, subject: `plain.m${i}`, message: data } })),
}
const leave = () => all(sockets, (i) => ({ Leave: { ref: 2, subject: 'room', member: `m${i}` } }))
const figures = { enter: [], plain: [] }
for (let round = 0; round <= rounds; round++) {
  for (const name of round % 2 === 0 ? ['enter', 'plain'] : ['plain', 'enter']) {
    const us = await measured(steps[name])
    if (round > 0) figures[name].push(us) // the first one only warms up
  }
  await leave()
}
const [enter, plain] = [median(figures.enter), median(figures.plain)]
const verdict = `${enter / plain <= bar ? 'ok' : 'MISSED'} (≤ ${bar})`
console.log(`${members} members enter a room that ${watchers} clients watch; relay CPU for each\n`)
console.log(
  asText([
    ['enters, µs', 'plain message, µs', 'ratio', 'bar'],
    [enter.toFixed(1), plain.toFixed(1), (enter / plain).toFixed(2), verdict],
  ]),
)
process.exit()
