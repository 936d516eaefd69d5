import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  type ClientFrame,
  type ConnectFrame,
  jsonCodec,
  type RelayFrame,
  readClientFrame,
  type WildcastError,
} from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import { type Client, createClient } from '../client.js'
import { type ClientClock, platformClock } from '../time/clock.js'
import { stream } from '../transports/stream/stream.js'
import type { Peer } from '../transports/transport.contract.js'
import { welcome } from './scripted-relay.js'

/** One POST of frames. */
export interface Post {
  readonly from: string | undefined
  readonly body: string
}

/** A relay over HTTP, as a test sees it. */
export interface HttpPeer extends Peer {
  readonly posts: Post[]
  /**
   * The answers of a proxy to the next POSTs of frames: a status, or a closed connection before
   * (`hang up`) or after (`hang up late`) the relay received the frames.
   */
  readonly refusals: [status: number | 'hang up' | 'hang up late', text?: string][]
  /** The received `Connect` frames and their URLs. */
  readonly connects: { readonly url: string | undefined; readonly frame: ConnectFrame }[]
  /** The sessions that their client has ended. */
  readonly ended: (string | undefined)[]
  send(data: string): void
  /** The number of requests in progress. */
  readonly requests: number
  /** Breaks the streams without a close event. */
  cut(): void
}

/** How a relay treats a session whose stream has ended. */
export interface Keeping {
  /** 0: it keeps nothing. */
  readonly resumeBytes?: number
  /** The relay doesn't answer the DELETE of a session. */
  readonly hangs?: boolean
}

/** A minimal HTTP endpoint of a relay: it welcomes, confirms, and records publishes. */
export async function openRelay({ resumeBytes = 0, hangs = false }: Keeping = {}): Promise<HttpPeer> {
  const posts: Post[] = []
  const refusals: HttpPeer['refusals'] = []
  const connects: HttpPeer['connects'] = []
  const ended: HttpPeer['ended'] = []
  const published: string[] = []
  let received = 0
  /** The frames of the session that count. */
  let counted: string[] = []
  const streams = new Set<ServerResponse>()
  let leave = (): void => {}
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  const write = (data: string): void => {
    for (const one of streams) one.write(`data: ${data}\n\n`)
  }
  const send = (data: string): void => {
    counted.push(data)
    write(data)
  }
  const sendFrame = (frame: RelayFrame): void => send(String(jsonCodec.encode(frame)))
  const welcomeClient = (url: string | undefined, frame: ClientFrame): void => {
    if (frame.kind !== 'Connect') throw new Error(`${frame.kind} came before Connect`)
    connects.push({ url, frame })
    const resumed = resumeBytes > 0 && frame.session !== undefined
    if (!resumed) {
      received = 0
      counted = []
    }
    const limits = { ...welcome.limits, resume_bytes: resumeBytes }
    write(String(jsonCodec.encode({ ...welcome, resumed, received, limits })))
    for (const data of counted.slice(frame.received)) write(data)
  }
  /** Accepts the new ones of the frames. Returns whether no earlier frame is missing. */
  const takeAll = (from: number, lines: readonly string[]): boolean => {
    if (from > received + 1) return false
    let number = from
    for (const line of lines) {
      const frame = readClientFrame(jsonCodec.decode(line))
      if (frame.kind === 'Pong' || frame.kind === 'Received') continue
      if (number > received) {
        received = number
        take(frame)
      }
      number++
    }
    return true
  }
  const take = (frame: ClientFrame): void => {
    if (frame.kind === 'Ping') sendFrame({ kind: 'Pong' })
    if (frame.kind === 'Subscribe') sendFrame({ kind: 'Subscribed', ref: frame.ref, id: 7, subject: frame.subject })
    if (frame.kind === 'Publish') {
      published.push(frame.subject)
      if (frame.ref !== undefined && frame.subject !== 'unanswered') sendFrame({ kind: 'Ack', ref: frame.ref })
    }
  }
  let requests = 0
  const server = createServer(async (request, response) => {
    requests++
    response.once('close', () => requests--)
    if (request.method === 'HEAD') {
      response.writeHead(204).end()
      return
    }
    const body = await text(request)
    if (request.method === 'DELETE') {
      ended.push(request.headers.authorization)
      if (!hangs) response.writeHead(204).end()
      return
    }
    if (request.url?.startsWith('/stream/frames')) {
      const from = request.headers['wildcast-from'] as string
      posts.push({ from, body })
      const [status, reason = 'Bad Gateway'] = refusals.shift() ?? []
      const isTaken = (!status || status === 'hang up late') && takeAll(Number(from), body.split('\n'))
      if (typeof status === 'string') response.destroy()
      else response.writeHead(status ?? (isTaken ? 202 : 400)).end(status && reason)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.once('close', () => {
      streams.delete(response)
      leave()
    })
    streams.add(response)
    welcomeClient(request.url, readClientFrame(jsonCodec.decode(body)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    posts,
    refusals,
    connects,
    ended,
    get requests() {
      return requests
    },
    send,
    cut() {
      for (const one of streams) one.destroy()
    },
    settings: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    published: async () => {
      await gone
      return published
    },
    async sendInvalid() {
      send('{"Message":')
      send('{"KindOfTomorrow":{}}')
      sendFrame({ kind: 'Message', id: 7, subject: 'good.apple', message: 'hi', broker: 'test' })
    },
    hangUp(code, reason) {
      for (const one of streams) one.end(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Retries without a wait. Longer timers, the deadlines of answers, are kept. */
const impatientClock: ClientClock = {
  ...platformClock,
  after: (ms, run) => platformClock.after(ms > 3000 ? ms : 0, run),
}

/** A client of such a relay over HTTP. Both are closed when the test finishes. */
export async function online(keeping?: Keeping): Promise<{ client: Client; relay: HttpPeer; errors: WildcastError[] }> {
  const relay = await openRelay(keeping)
  const errors: WildcastError[] = []
  const client = createClient({
    ...relay.settings,
    transport: (events, settings) => stream(events, { ...settings, clock: impatientClock }),
    onError: (error) => errors.push(error),
  })
  onTestFinished(async () => {
    client.close()
    await relay.close()
  })
  return { client, relay, errors }
}
