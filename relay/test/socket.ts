import { onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'

/** A plain WebSocket that remembers what came, for tests that speak the wire themselves. */
export interface Socket {
  readonly ws: WebSocket
  send(data: string | Uint8Array): void
  /** The next message: a string for text, bytes for binary. */
  next(): Promise<string | Buffer>
  /** The next message, parsed from JSON. */
  json(): Promise<unknown>
  /** What has come and was not taken yet. */
  readonly waiting: (string | Buffer)[]
  readonly closed: Promise<{ code: number; reason: string }>
}

/** Connects, and closes when the test is done. */
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
