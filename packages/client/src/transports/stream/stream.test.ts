import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { jsonCodec, type RelayFrame, readClientFrame, type WildcastError } from '@wildcast/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Client, createClient } from '../../client.js'
import { createFakeClock } from '../../testing/fake-clock.js'
import { welcome } from '../../testing/scripted-relay.js'
import { type Clock, realClock } from '../../time/clock.js'
import { type Peer, transportContract } from '../transport.contract.js'
import { stream } from './stream.js'
import { streamUrl } from './stream-url.js'

/** One POST of frames. */
interface Post {
  readonly from: string | undefined
  readonly body: string
}

interface HttpPeer extends Peer {
  readonly posts: Post[]
  /** How a proxy answers the next POSTs of frames in the relay's stead: with a status, or not at all. */
  readonly refusals: [status: number | 'hang up', text?: string][]
  tell(data: string): void
}

/** The least of a relay's HTTP door: it welcomes, confirms, and notes what is published. */
async function openRelay(): Promise<HttpPeer> {
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

transportContract('stream', stream, openRelay)

test.each([
  ['ws://relay.test', 'http://relay.test/stream'],
  ['https://relay.test/ws', 'https://relay.test/stream'],
  ['wss://relay.test/wildcast/ws?broker=main', 'https://relay.test/wildcast/stream?broker=main'],
])('the door beside %s is %s', (url, door) => expect(streamUrl(url)).toBe(door))

/** Waits take no time: those of the transport, not the deadline of the client. */
const hasty: Clock = { ...realClock, after: (_, run) => realClock.after(0, run) }

async function online(): Promise<{ client: Client; relay: HttpPeer; errors: WildcastError[] }> {
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

describe('frames that a proxy refuses', () => {
  test.each<[number | 'hang up']>([[502], [503], [504], [429], ['hang up']])(
    'with %s are sent again, the same, and nothing is lost',
    async (status) => {
      const { client, relay, errors } = await online()
      relay.refusals.push([status, '<html>'], [status, '<html>'])
      expect(await client.publish('a', 1)).toBe('confirmed')
      expect(await client.publish('b', 2)).toBe('confirmed')
      const [first, second, third, last] = relay.posts
      expect(first).toMatchObject({ from: '1', body: expect.stringContaining('"subject":"a"') })
      expect(second).toEqual(first)
      expect(third).toEqual(first)
      expect(last).toMatchObject({ from: '2', body: expect.stringContaining('"subject":"b"') })
      expect(errors).toEqual([])
    },
  )
  test.each<[number, string]>([
    [400, 'invalid_frame: "Wildcast-From" must be 1'],
    [403, 'forbidden'],
    [404, 'not found'],
    [500, 'internal'],
    [200, '<html>a page that a proxy made</html>'],
    [503, 'interrupted: there is no such session; begin again'],
  ])('with %i and "%s" end the connection; nobody knows what became of them', async (status, said) => {
    const { client, relay } = await online()
    relay.refusals.push([status, said])
    expect(await client.publish('a', 1)).toBe('unknown')
    expect(relay.posts).toHaveLength(1)
    expect(await client.publish('b', 2)).toBe('confirmed') // over another connection
  })
  test('for too long end the connection', async () => {
    const { client, relay } = await online()
    relay.refusals.push([502], [502], [502], [502])
    expect(await client.publish('a', 1)).toBe('unknown')
    expect(relay.posts.map(({ from }) => from)).toEqual(['1', '1', '1', '1'])
    expect(await client.publish('b', 2)).toBe('confirmed')
  })
})

test('a frame that cannot be encoded rejects alone, and the stream goes on', async () => {
  const { client, relay } = await online()
  await client.publish('before')
  await expect(client.publish('a', 1, { broker: 1n as never })).rejects.toMatchObject({ code: 'invalid_frame' })
  expect(await client.publish('after')).toBe('confirmed')
  expect(relay.posts).toHaveLength(2)
})

test('an answer that cannot be read leaves nobody waiting', async () => {
  const { client, relay, errors } = await online()
  await client.publish('before')
  const outcome = client.publish('unanswered')
  await expect.poll(() => relay.posts).toHaveLength(2)
  relay.tell('{"Ack":{"ref":2}')
  expect(await outcome).toBe('unknown')
  expect(errors).toMatchObject([{ code: 'invalid_frame' }])
})

describe('a POST that waits to be repeated', () => {
  /** A transport that has been welcomed, and whose first POST a proxy has refused. */
  async function refused(refusals: HttpPeer['refusals']) {
    const relay = await openRelay()
    onTestFinished(() => relay.close())
    const clock = createFakeClock()
    const heard: string[] = []
    const transport = stream(
      {
        open: () => transport.send({ kind: 'Connect' }),
        frame: ({ kind }) => heard.push(kind),
        fault: ({ message }) => heard.push(message),
        close: ({ code }) => heard.push(`close ${code}`),
      },
      { ...relay.settings, codec: jsonCodec, clock },
    )
    await expect.poll(() => heard).toEqual(['Welcome'])
    relay.refusals.push(...refusals)
    transport.send({ kind: 'Subscribe', ref: 1, subject: 'good.*' })
    await expect.poll(() => clock.timers).toBe(1)
    return { relay, clock, transport, heard }
  }

  test('is given up when the relay ends the connection, and leaves no timer', async () => {
    const { relay, clock, heard } = await refused([[502]])
    relay.hangUp(4501, 'who are you?')
    await expect.poll(() => heard).toContain('close 4501')
    expect(clock.timers).toBe(0)
    expect(relay.posts).toHaveLength(1)
  })

  test('is given up 3 s after a close, and leaves no timer', async () => {
    const { relay, clock, transport } = await refused([[502], [502], [502]])
    transport.close()
    await clock.advance(200)
    await expect.poll(() => clock.timers).toBe(2)
    await clock.advance(1_000)
    await expect.poll(() => clock.timers).toBe(2)
    expect(relay.posts).toHaveLength(3)
    await clock.advance(1_800)
    expect(clock.timers).toBe(0)
    await clock.advance(60_000)
    expect(relay.posts).toHaveLength(3)
  })
})
