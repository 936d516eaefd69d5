import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { jsonCodec, type RelayFrame, readClientFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import { welcome } from '../testing/scripted-relay.js'
import { stream, streamUrl } from './stream.js'
import { type Peer, transportContract } from './transport.contract.js'

/** The least of a relay's HTTP door: it welcomes, confirms, and notes what is published. */
async function openRelay(): Promise<Peer> {
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
    if (frame.kind === 'Publish') published.push(frame.subject)
  }
  const server = createServer(async (request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(204).end()
      return
    }
    const body = await text(request)
    if (request.url === '/stream/frames') {
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

transportContract('stream', stream, openRelay)

test.each([
  ['ws://relay.test', 'http://relay.test/stream'],
  ['https://relay.test/ws', 'https://relay.test/stream'],
  ['wss://relay.test/wildcast/ws?broker=main', 'https://relay.test/wildcast/stream?broker=main'],
])('the door beside %s is %s', (url, door) => expect(streamUrl(url)).toBe(door))
