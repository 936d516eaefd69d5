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

/** A relay over HTTP, seen from a test. */
export interface HttpPeer extends Peer {
  readonly posts: Post[]
  /**
   * How a proxy answers the next POSTs of frames in the relay's stead: with a status, or not at
   * all, after it has handed the frames on or before.
   */
  readonly refusals: [status: number | 'hang up' | 'hang up late', text?: string][]
  /** The `Connect` frames that have come, and where to. */
  readonly connects: { readonly url: string | undefined; readonly frame: ConnectFrame }[]
  /** The sessions that were ended by their client. */
  readonly ended: (string | undefined)[]
  send(data: string): void
  /** How many requests are being answered. */
  readonly requests: number
  /** Breaks the streams off, without a word. */
  cut(): void
}

/** What a relay does with a session whose stream has ended. */
export interface Keeping {
  /** 0: it keeps nothing. */
  readonly resumeBytes?: number
  /** It does not answer a client that ends its session. */
  readonly hangs?: boolean
}

/** The least of a relay's HTTP endpoint: it welcomes, confirms, and notes what is published. */
export async function openRelay({ resumeBytes = 0, hangs = false }: Keeping = {}): Promise<HttpPeer> {
  const posts: Post[] = []
  const refusals: HttpPeer['refusals'] = []
  const connects: HttpPeer['connects'] = []
  const ended: HttpPeer['ended'] = []
  const published: string[] = []
  let received = 0
  /** What it has said in the session, of that which counts. */
  let told: string[] = []
  const streams = new Set<ServerResponse>()
  let leave = (): void => {}
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  const write = (data: string): void => {
    for (const one of streams) one.write(`data: ${data}\n\n`)
  }
  const tell = (data: string): void => {
    told.push(data)
    write(data)
  }
  const say = (frame: RelayFrame): void => tell(String(jsonCodec.encode(frame)))
  const greet = (url: string | undefined, frame: ClientFrame): void => {
    if (frame.kind !== 'Connect') throw new Error(`${frame.kind} came before Connect`)
    connects.push({ url, frame })
    const resumed = resumeBytes > 0 && frame.session !== undefined
    if (!resumed) {
      received = 0
      told = []
    }
    const limits = { ...welcome.limits, resume_bytes: resumeBytes }
    write(String(jsonCodec.encode({ ...welcome, resumed, received, limits })))
    for (const data of told.slice(frame.received)) write(data)
  }
  /** Takes the frames that it has not got yet. Returns whether none is missing before them. */
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
    if (frame.kind === 'Ping') say({ kind: 'Pong' })
    if (frame.kind === 'Subscribe') say({ kind: 'Subscribed', ref: frame.ref, id: 7, subject: frame.subject })
    if (frame.kind === 'Publish') {
      published.push(frame.subject)
      if (frame.ref !== undefined && frame.subject !== 'unanswered') say({ kind: 'Ack', ref: frame.ref })
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
      const [status, said = 'Bad Gateway'] = refusals.shift() ?? []
      const isTaken = (!status || status === 'hang up late') && takeAll(Number(from), body.split('\n'))
      if (typeof status === 'string') response.destroy()
      else response.writeHead(status ?? (isTaken ? 202 : 400)).end(status && said)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.once('close', () => {
      streams.delete(response)
      leave()
    })
    streams.add(response)
    greet(request.url, readClientFrame(jsonCodec.decode(body)))
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
    send: tell,
    cut() {
      for (const one of streams) one.destroy()
    },
    settings: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    published: async () => {
      await gone
      return published
    },
    async sendInvalid() {
      tell('{"Message":')
      tell('{"KindOfTomorrow":{}}')
      say({ kind: 'Message', id: 7, subject: 'good.apple', message: 'hi', broker: 'test' })
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

/** Waits before something is tried again take no time; deadlines of an answer are kept. */
const hasty: ClientClock = { ...platformClock, after: (ms, run) => platformClock.after(ms > 3000 ? ms : 0, run) }

/** A client of such a relay, over HTTP; both are gone when the test is. */
export async function online(keeping?: Keeping): Promise<{ client: Client; relay: HttpPeer; errors: WildcastError[] }> {
  const relay = await openRelay(keeping)
  const errors: WildcastError[] = []
  const client = createClient({
    ...relay.settings,
    transport: (events, settings) => stream(events, { ...settings, clock: hasty }),
    onError: (error) => errors.push(error),
  })
  onTestFinished(async () => {
    client.close()
    await relay.close()
  })
  return { client, relay, errors }
}
