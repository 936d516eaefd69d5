import { connect, type Socket } from 'node:net'
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet'
import { realClock } from '../../src/index.js'

/** The state that survives a kill of the client, as if it were on a disk. */
interface Disk {
  /** The messages that the server has not settled, in order. A released one has had its PUBREC. */
  readonly unsettled: { readonly id: number; readonly text: string; isReleased: boolean }[]
  /** The ids of messages with QoS 2 that have come and are not released. */
  readonly held: Set<number>
  readonly received: string[]
  lastId: number
  hasSession: boolean
  isSubscribed: boolean
}

export interface DurableClientOptions {
  readonly port: number
  readonly clientId: string
  readonly level: 4 | 5
  readonly qos: 1 | 2
  /** Its subscription. Without one it only publishes. */
  readonly filter?: string
  /** Called if the server does what it must not. */
  readonly onFault: (what: string) => void
}

/** The client ends a connection over which nothing came for this time. */
const silenceMs = 800
const pingMs = 200
const restMs = { usual: 30, refused: 500 }
/** The server is busy, for example with many connections of the same client. */
const busy = { 4: 3, 5: 0x89 }
/** No more messages than these are under way to the server. */
const window = 8

/**
 * A client with a session on both sides, as the specification wants it: it resends in order after
 * each connection, and has each message of QoS 2 once. It shares no code with the server.
 */
export class DurableClient {
  readonly #options: DurableClientOptions
  readonly #disk: Disk = {
    unsettled: [],
    held: new Set(),
    received: [],
    lastId: 0,
    hasSession: false,
    isSubscribed: false,
  }
  #socket: Socket | undefined
  #isReady = false
  #isOver = false
  connections = 0
  resent = 0
  refused = 0

  constructor(options: DurableClientOptions) {
    this.#options = options
    this.#open()
  }

  /** All payloads that its program has seen, in order. */
  get received(): readonly string[] {
    return this.#disk.received
  }

  get isSubscribed(): boolean {
    return this.#disk.isSubscribed
  }

  get isSettled(): boolean {
    return this.#disk.unsettled.length === 0
  }

  /** Whether there is room for one more message. */
  get hasRoom(): boolean {
    return this.#disk.unsettled.length < window
  }

  publish(text: string): void {
    const entry = { id: this.#freeId(), text, isReleased: false }
    this.#disk.unsettled.push(entry)
    if (this.#isReady) this.#sendMessage(entry, false)
  }

  /** Kills it: it starts again with its disk only. */
  kill(how: 'reset' | 'close'): void {
    if (how === 'reset') this.#socket?.resetAndDestroy()
    else this.#socket?.destroy()
  }

  /** Starts it again while the server believes in the old connection, which stays silent. */
  desert(): void {
    const socket = this.#socket
    if (!socket) return
    socket.removeAllListeners('data')
    socket.removeAllListeners('close')
    socket.pause()
    realClock.after(2000, () => socket.destroy())
    this.#open()
  }

  end(): void {
    this.#isOver = true
    this.#socket?.destroy()
  }

  #open(): void {
    if (this.#isOver) return
    const { port, level, clientId } = this.#options
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const reader = parser({ protocolVersion: level })
    let heard = realClock.now()
    const isCurrent = (): boolean => this.#socket === socket && !socket.destroyed
    const watch = (): void => {
      if (!isCurrent()) return
      if (realClock.now() - heard > silenceMs) socket.destroy()
      else if (this.#isReady) this.#send({ cmd: 'pingreq' })
      realClock.after(pingMs, watch)
    }
    this.#socket = socket
    this.#isReady = false
    reader.on('packet', (packet) => isCurrent() && this.#take(packet))
    socket.on('data', (chunk) => {
      heard = realClock.now()
      reader.parse(chunk)
    })
    socket.on('error', () => {})
    socket.on('close', () => realClock.after(restMs[this.#isReady ? 'usual' : 'refused'], () => this.#open()))
    realClock.after(pingMs, watch)
    this.#send({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: level, clientId, clean: false, keepalive: 60 },
      ...(level === 5 && { properties: { sessionExpiryInterval: 600 } }),
    })
  }

  #send(packet: Packet): void {
    if (this.#socket?.writable) this.#socket.write(generate(packet, { protocolVersion: this.#options.level }))
  }

  #take(packet: Packet): void {
    const { messageId = 0 } = packet
    const { onFault, clientId } = this.#options
    if (packet.cmd === 'connack') {
      const code = packet.returnCode ?? packet.reasonCode ?? 0
      if (code === 0) this.#begin(packet.sessionPresent)
      else if (code === busy[this.#options.level]) this.refused++
      else onFault(`${clientId} was refused with ${code}`)
    } else if (packet.cmd === 'suback') this.#disk.isSubscribed = true
    else if (packet.cmd === 'publish') this.#receive(packet)
    else if (packet.cmd === 'puback' || packet.cmd === 'pubcomp') this.#settle(messageId)
    else if (packet.cmd === 'pubrec') this.#release(messageId)
    else if (packet.cmd === 'pubrel') {
      this.#disk.held.delete(messageId)
      this.#send({ cmd: 'pubcomp', messageId })
    } else if (packet.cmd === 'disconnect' && packet.reasonCode !== 0x8e)
      onFault(`${clientId} was disconnected with ${packet.reasonCode}`)
  }

  #begin(isPresent: boolean): void {
    const { clientId, filter, qos, onFault } = this.#options
    if (this.#disk.hasSession && !isPresent) onFault(`${clientId} has lost its session`)
    this.#disk.hasSession = true
    this.#isReady = true
    if (this.connections++ > 0) this.resent += this.#disk.unsettled.length
    for (const entry of this.#disk.unsettled) this.#sendMessage(entry, true)
    if (filter !== undefined && !this.#disk.isSubscribed)
      this.#send({ cmd: 'subscribe', messageId: this.#freeId(), subscriptions: [{ topic: filter, qos }] })
  }

  #sendMessage({ id, text, isReleased }: Disk['unsettled'][number], dup: boolean): void {
    const { qos, clientId } = this.#options
    if (isReleased) this.#send({ cmd: 'pubrel', messageId: id })
    else
      this.#send({ cmd: 'publish', topic: `from/${clientId}`, payload: text, qos, messageId: id, dup, retain: false })
  }

  #receive({ payload, qos, messageId = 0 }: IPublishPacket): void {
    const { clientId, onFault } = this.#options
    if (qos !== this.#options.qos) onFault(`${clientId} got QoS ${qos}`)
    const isKnown = qos === 2 && this.#disk.held.has(messageId)
    if (!isKnown) this.#disk.received.push(String(payload))
    if (qos === 2) this.#disk.held.add(messageId)
    this.#send({ cmd: qos === 2 ? 'pubrec' : 'puback', messageId })
  }

  #settle(id: number): void {
    const at = this.#disk.unsettled.findIndex((entry) => entry.id === id)
    if (at >= 0) this.#disk.unsettled.splice(at, 1)
  }

  #release(id: number): void {
    const entry = this.#disk.unsettled.find((one) => one.id === id)
    if (entry) entry.isReleased = true
    this.#send({ cmd: 'pubrel', messageId: id })
  }

  #freeId(): number {
    do this.#disk.lastId = (this.#disk.lastId % 0xffff) + 1
    while (this.#disk.unsettled.some(({ id }) => id === this.#disk.lastId))
    return this.#disk.lastId
  }
}
