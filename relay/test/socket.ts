import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'

/**
 * A plain WebSocket that keeps what it receives, for tests of the wire format. It answers
 * heartbeats as clients do.
 */
export interface Socket {
  readonly ws: WebSocket
  send(data: string | Uint8Array): void
  /** The next message: a string for text, bytes for binary. */
  next(): Promise<string | Buffer>
  /** The next message, parsed from JSON. */
  json(): Promise<unknown>
  /** Messages that were received and not taken yet. */
  readonly waiting: (string | Buffer)[]
  readonly closed: Promise<{ code: number; reason: string }>
}

/**
 * The heartbeat of v1, as text in JSON and as bytes in MessagePack. It comes if a test takes long.
 */
const isPing = (message: string | Buffer): boolean =>
  typeof message === 'string' ? message === '"Ping"' : message.toString('latin1') === '\xa4Ping'
/** Confirms received frames: tests without counters ignore it. */
const isReceived = (message: string | Buffer): boolean =>
  /^(\{"Received"|\x81\xa8Received)/.test(typeof message === 'string' ? message : message.toString('latin1'))
const pongFor = (ping: string | Buffer): string | Buffer =>
  typeof ping === 'string' ? '"Pong"' : Buffer.from('\xa4Pong', 'latin1')

/** Connects. The socket closes when the test is done. */
export async function connect(
  url: string,
  protocols?: string | string[],
  options: ClientOptions = {},
): Promise<Socket> {
  const ws = new WebSocket(url, protocols, options)
  const waiting: (string | Buffer)[] = []
  const takers: ((data: string | Buffer) => void)[] = []
  ws.on('message', (data: Buffer, binary) => {
    const message = binary ? data : data.toString()
    if (isPing(message)) {
      ws.send(pongFor(message))
      return
    }
    if (isReceived(message)) return
    const take = takers.shift()
    if (take) take(message)
    else waiting.push(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  )
  onTestFinished(() => ws.terminate())
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  const next = (): Promise<string | Buffer> => {
    const present = waiting.shift()
    return present === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(present)
  }
  return {
    ws,
    waiting,
    closed,
    next,
    send: (data) => ws.send(data),
    json: async () => JSON.parse(String(await next())),
  }
}
