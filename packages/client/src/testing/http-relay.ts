import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { jsonCodec, type RelayFrame, readClientFrame, type WildcastError } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import { type Client, createClient } from '../client.js'
import { type Clock, realClock } from '../time/clock.js'
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
  /** How a proxy answers the next POSTs of frames in the relay's stead: with a status, or not at all. */
  readonly refusals: [status: number | 'hang up', text?: string][]
  tell(data: string): void
}

/** The least of a relay's HTTP endpoint: it welcomes, confirms, and notes what is published. */
export async function openRelay(): Promise<HttpPeer> {
  const posts: Post[] = []
  const refusals: HttpPeer['refusals'] = []
  const published: string[] = []
  const streams = new Set<ServerResponse>()
  let leave = (): void => {}
  const gone = new Promise<void>((resolve) => {
    leave = resolve
  })
  const tell = (data: string): void => {
    for (const one of streams) one.write(`data: ${data}\n\n`)
  }
  const say = (frame: RelayFrame): void => tell(String(jsonCodec.encode(frame)))
  const take = (line: string): void => {
    const frame = readClientFrame(jsonCodec.decode(line))
    if (frame.kind === 'Subscribe') say({ kind: 'Subscribed', ref: frame.ref, id: 7, subject: frame.subject })
    if (frame.kind === 'Publish') {
      published.push(frame.subject)
      if (frame.ref !== undefined && frame.subject !== 'unanswered') say({ kind: 'Ack', ref: frame.ref })
    }
  }
  const server = createServer(async (request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(204).end()
      return
    }
    const body = await text(request)
    if (request.url === '/stream/frames') {
      posts.push({ from: request.headers['wildcast-from'] as string, body })
      const [status, said = 'Bad Gateway'] = refusals.shift() ?? []
      if (status === 'hang up') {
        response.destroy()
        return
      }
      if (status !== undefined) {
        response.writeHead(status).end(said)
        return
      }
      for (const line of body.split('\n')) take(line)
      response.writeHead(202).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.once('close', () => {
      streams.delete(response)
      leave()
    })
    streams.add(response)
    say(welcome)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    posts,
    refusals,
    tell,
    settings: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    published: async () => {
      await gone
      return published
    },
    async babble() {
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

/** Waits take no time: those of the transport, not the deadline of the client. */
const hasty: Clock = { ...realClock, after: (_, run) => realClock.after(0, run) }

/** A client of such a relay, over HTTP; both are gone when the test is. */
export async function online(): Promise<{ client: Client; relay: HttpPeer; errors: WildcastError[] }> {
  const relay = await openRelay()
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
