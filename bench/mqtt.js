// The MQTT gateway beside mosquitto, over TCP, in turns: the server's processor time for each
// delivery, and its memory for each idle session: node bench/mqtt.js [rounds] [sessions]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findProgram, root } from '../scripts/needs.js'
import { onOwnCore } from './cores.js'
import { connectPacket, publishPacket, subscribePacket } from './load/mqtt-packets.js'
import { usageOf } from './processes.js'
import { median } from './report/median.js'
import { freePort, startServer } from './servers.js'

const rounds = Number(process.argv[2] ?? 5)
const sessions = Number(process.argv[3] ?? 10_000)
const topic = 'bench/all'
const payload = 'x'.repeat(128)
const warmUpMs = 700
const measuredMs = 1500
const puback = Buffer.from([0x40, 2, 0, 0])

/** Starts each server. Resolves with its process id, its port and an end. */
const servers = {
  async ours() {
    const [port, http] = [await freePort(), await freePort()]
    const words = ['gateway', '--broker', 'InMemoryBroker', '--port', `${http}`, '--mqtt', `${port}`]
    return { port, ...(await startServer(onOwnCore('server', [process.execPath, bin, ...words]), port)) }
  },
  async mosquitto() {
    const port = await freePort()
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
    const file = path.join(folder, 'server.conf')
    const user = process.getuid?.() === 0 ? ['user root'] : []
    const lines = [...user, 'set_tcp_nodelay true', 'max_queued_messages 0', 'allow_anonymous true']
    writeFileSync(file, [...lines, `listener ${port} 127.0.0.1`, ''].join('\n'))
    const { pid, stop } = await startServer(onOwnCore('server', [findProgram('mosquitto') ?? '', '-c', file]), port)
    const end = async () => {
      await stop()
      rmSync(folder, { recursive: true })
    }
    return { port, pid, stop: end }
  },
}
const bin = path.join(root, 'relay/bin/wildcast.js')

/** A client that counts the packets of one length, whatever is in them. */
class Device {
  count = 0
  /** @type {(bytes: Buffer) => void} */
  #take = () => {}
  #left = Buffer.alloc(0)

  static async open(port, clientId) {
    const device = new Device()
    device.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    // 'close' follows.
    device.socket.on('error', () => {})
    device.socket.on('data', (bytes) => device.#take(bytes))
    await device.#answered(connectPacket(clientId), 4)
    return device
  }

  subscribe = (qos) => this.#answered(subscribePacket([topic], qos), 5)

  /** Counts packets of this length from now on, and calls for each. */
  counts(length, onPacket) {
    this.#take = (bytes) => {
      const all = this.#left.length > 0 ? Buffer.concat([this.#left, bytes]) : bytes
      const whole = Math.floor(all.length / length)
      this.count += whole
      if (onPacket && whole > 0) onPacket(all, whole)
      this.#left = all.subarray(whole * length)
    }
  }

  /** Acknowledges each packet of QoS 1. */
  acknowledges(length, idAt) {
    this.counts(length, (bytes, whole) => {
      const answers = Buffer.alloc(whole * puback.length)
      for (let i = 0; i < whole; i++) {
        puback.copy(answers, i * puback.length)
        bytes.copy(answers, i * puback.length + 2, i * length + idAt, i * length + idAt + 2)
      }
      this.socket.write(answers)
    })
  }

  #answered(bytes, length) {
    return new Promise((resolve, reject) => {
      let got = 0
      this.socket.once('close', () => reject(new Error('the server closed the connection')))
      this.#take = (answer) => {
        got += answer.length
        if (got >= length) resolve(undefined)
      }
      this.socket.write(bytes)
    })
  }
}

async function openDevices(port, count) {
  const devices = []
  while (devices.length < count) {
    const some = Array.from({ length: Math.min(100, count - devices.length) }, (_, i) => `d${devices.length + i}`)
    devices.push(...(await Promise.all(some.map((id) => Device.open(port, id)))))
  }
  return devices
}

/** Waits until these have counted so much, and throws if they don't. */
async function until(devices, count) {
  const end = performance.now() + 30_000
  while (devices.some((device) => device.count < count)) {
    if (performance.now() > end) throw new Error('messages are lost')
    await new Promise(setImmediate)
  }
}

/** Repeats a step, and returns the server's processor time in µs for each delivery. */
async function costOf(pid, step) {
  const run = async (ms) => {
    let deliveries = 0
    for (const end = performance.now() + ms; performance.now() < end; ) deliveries += await step()
    return deliveries
  }
  await run(warmUpMs)
  const before = usageOf(pid).cpuUs
  const deliveries = await run(measuredMs)
  return (usageOf(pid).cpuUs - before) / deliveries
}

const sized = (qos) => publishPacket(topic, payload, qos === 0 ? undefined : 1)
/** The offset of the packet id: behind type, length of two bytes, and topic. */
const idAt = 3 + 2 + topic.length
const inFlight = 32

/** One publisher, 100 subscribers; publisher and subscribers have the same QoS. */
const fanOut = (qos) => async (port, pid) => {
  const readers = await openDevices(port, 100)
  for (const reader of readers) {
    await reader.subscribe(qos)
    if (qos === 1) reader.acknowledges(sized(1).length, idAt)
    else reader.counts(sized(0).length)
  }
  const writer = await Device.open(port, 'writer')
  writer.counts(puback.length)
  let sent = 0
  return costOf(pid, async () => {
    const burst = Array.from({ length: inFlight }, () =>
      publishPacket(topic, payload, qos ? 1 + (sent++ % 60_000) : undefined),
    )
    writer.socket.write(Buffer.concat(burst))
    const wanted = (readers[0]?.count ?? 0) + inFlight
    await until(readers, wanted)
    if (qos === 1) await until([writer], sent)
    return inFlight * readers.length
  })
}

/** 1,000 devices publish a message each, to one subscriber. */
const fanIn = (qos) => async (port, pid) => {
  const reader = await Device.open(port, 'reader')
  await reader.subscribe(0)
  reader.counts(sized(0).length)
  const devices = await openDevices(port, 1000)
  for (const device of devices) device.counts(puback.length)
  let round = 0
  return costOf(pid, async () => {
    round++
    const bytes = publishPacket(topic, payload, qos ? round : undefined)
    for (const { socket } of devices) socket.write(bytes)
    await until([reader], round * devices.length)
    if (qos === 1) await until(devices, round)
    return devices.length
  })
}

/** The server's resident bytes for each idle client with a subscription, after the first 100. */
async function idle(port, pid) {
  const open = async (count) => {
    const devices = await openDevices(port, count)
    for (const device of devices) await device.subscribe(1)
    await pause(1500)
  }
  await open(100)
  const before = usageOf(pid).memory
  await open(sessions)
  return (usageOf(pid).memory - before) / sessions
}

const cases = [
  { name: 'fan-out to 100, QoS 0, µs', run: fanOut(0), bar: 0.15 },
  { name: 'fan-out to 100, QoS 1, µs', run: fanOut(1), bar: 0.5 },
  { name: 'fan-in of 1,000, QoS 0, µs', run: fanIn(0), bar: 1.5 },
  { name: 'fan-in of 1,000, QoS 1, µs', run: fanIn(1), bar: 1.5 },
  { name: `${sessions} idle sessions, bytes each`, run: idle, bar: 1.5 },
]

async function figure(name, run) {
  const { port, pid, stop } = await servers[name]()
  try {
    return await run(port, pid)
  } finally {
    await stop()
  }
}

for (const { name, run, bar } of cases) {
  const figures = { ours: [], mosquitto: [] }
  for (let round = 0; round < rounds; round++)
    for (const server of ['ours', 'mosquitto']) figures[server].push(await figure(server, run))
  const [ours, theirs] = [median(figures.ours), median(figures.mosquitto)]
  console.log(
    `${name}: ${ours.toFixed(2)}, mosquitto ${theirs.toFixed(2)}, ratio ${(ours / theirs).toFixed(2)} (bar ${bar})`,
  )
}
process.exit()
