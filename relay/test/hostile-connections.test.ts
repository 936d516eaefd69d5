import { once } from 'node:events'
import type { Server } from 'node:http'
import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { health, http, httpRequest, serverSentEvents, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { bystander } from './bystander.js'
import { answerTo, dial, serverOf } from './raw-http.js'
import { startRelay } from './start-relay.js'
import { turnsUntil } from './turns-until.js'

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

const statusesIn = (received: string): number[] =>
  [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, code]) => Number(code))

describe('slow clients', () => {
  it('have ten seconds for headers and thirty for the whole request, checked every five (H10, H12, H17)', async () => {
    const server = await serverOf(await startRelay())
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 })
  })

  it('do not delay others: 300 that send nothing, half a line or half a body (H10)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const slow = ['', 'GET /heal', 'POST /publish/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf']
    for (let i = 0; i < 300; i++) (await dial(relay)).write(slow[i % 3] as string)
    await works()
    expect((await fetch(`http://${relay.address}/publish/a`, { method: 'POST', body: '' })).status).toBe(202)
  })
})

describe('connections after errors', () => {
  it('are as many as before: 1,000 bodies that are invalid, of a strange type or cut off (H12)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const server = await serverOf(relay)
    const post = (more: string): string => `POST /publish/a HTTP/1.1\r\nHost: x\r\n${more}`
    const chunked = 'Transfer-Encoding: chunked\r\n\r\n'
    const bodies: [string, number][] = [
      [post(`${chunked}zz\r\n`), 400],
      [post(`${chunked}5\r\nhello\r\n-1\r\n`), 400],
      [
        post('Content-Type: \xff/;;\r\nContent-Encoding: rubbish\r\nConnection: close\r\nContent-Length: 1\r\n\r\n{'),
        202,
      ],
      [post(`${chunked}5\r\nhel`), 400],
    ]
    await expect.poll(() => connections(server)).toBe(1)
    const all = [...Array(1000).keys()]
    const answered = async (i: number): Promise<void> => {
      const [bytes, status] = bodies[i % 4] as [string, number]
      const client = await dial(relay)
      client.write(bytes)
      if (i % 4 === 3) client.socket.end() // cut off: it sends an end, and still reads
      expect(statusesIn(await client.closed)).toEqual([status])
    }
    while (all.length > 0) await Promise.all(all.splice(0, 50).map(answered))
    await expect.poll(() => connections(server)).toBe(1)
    await works()
    expect(relay.errors).toEqual([])
  })

  it('are closed with a client that leaves in the middle of its body (H12)', async () => {
    const relay = await startRelay({ gateways: [http, health, websocket(), httpRequest({ form: 'json' })] })
    const works = await bystander(relay)
    const server = await serverOf(relay)
    for (const path of ['/publish/a', '/request/a']) {
      const began = once(server, 'request')
      const client = await dial(relay)
      client.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf`)
      await began
      client.socket.resetAndDestroy()
    }
    await expect.poll(() => connections(server)).toBe(1)
    await works()
    expect(relay.errors).toEqual([])
  })
})

describe('pipelined requests', () => {
  const ask = 'GET /request/a HTTP/1.1\r\nHost: x\r\n\r\n'

  /** A relay with a scripted broker, which logs the requests of clients. */
  async function start(timeoutMs = 1e9) {
    const clock = fakeClock()
    const broker = scriptedBroker()
    const relay = await startRelay({
      clock,
      brokers: { test: broker.open },
      gateways: [http, health, serverSentEvents, websocket(), httpRequest({ form: 'json', timeoutMs })],
    })
    const requests = (): string[] => broker.log.filter((line) => line.startsWith('!request.'))
    const answer = (request: string, body: string): void => {
      const subject = parsePattern(request.replace('!request', 'response'))
      broker.deliver(subject, { subject: subject as never, payload: JSON.stringify({ status: 200, body }) })
    }
    /** The resources of pending requests: interests at the broker, and timers. */
    const left = (): { interests: number; timers: number } => {
      const count = (sign: string): number => broker.log.filter((line) => line.startsWith(`${sign}response.`)).length
      return { interests: count('+') - count('-'), timers: clock.timers }
    }
    const timeOut = (): void => clock.advance(timeoutMs)
    return { relay, requests, answer, left, timeOut }
  }

  it('are answered one by one and in order: 1,000 on one socket (H15)', async () => {
    const { relay, requests, answer } = await start()
    const works = await bystander(relay)
    const client = await dial(relay)
    client.write(ask.repeat(1000))
    for (let i = 0; i < 1000; i++) {
      await turnsUntil(() => requests().length > i)
      if (i % 100 === 0) await works() // and no other request has begun meanwhile
      expect(requests()).toHaveLength(i + 1)
      answer(requests()[i] as string, `${i}.`)
    }
    await expect.poll(() => client.received).toMatch(/\r\n\r\n999\.$/)
    expect([...client.received.matchAll(/\r\n\r\n(\d+)\./g)].map(([, i]) => Number(i))).toEqual([...Array(1000).keys()])
  })

  it('are too many if more than 1,000 wait: the connection is closed, with its pending request (H15)', async () => {
    const { relay, requests, left } = await start()
    const works = await bystander(relay)
    const before = left()
    const client = await dial(relay)
    client.write(ask.repeat(200_000))
    expect(await client.closed).toBe('')
    await expect.poll(left).toEqual(before)
    expect(requests().length).toBeLessThanOrEqual(1)
    await works()
  })

  it('end with a client that is reset, and leave nothing behind, long before their timeout (H15, H17)', async () => {
    const { relay, requests, left } = await start()
    const works = await bystander(relay)
    const before = left()
    const client = await dial(relay)
    client.write(ask.repeat(100))
    await expect.poll(() => requests().length).toBe(1)
    expect(left()).toEqual({ interests: before.interests + 1, timers: before.timers + 1 })
    client.socket.resetAndDestroy()
    await expect.poll(left).toEqual(before)
    await works()
    expect(requests()).toHaveLength(1)
    expect(relay.errors).toEqual([])
  })

  // Until then the client might still have been reading.
  it('end with a client that closes as soon as its system refuses an answer (H15, H17)', async () => {
    const { relay, requests, left, timeOut } = await start(10)
    const works = await bystander(relay)
    const before = left()
    const client = await dial(relay)
    client.write(ask.repeat(100))
    await expect.poll(() => requests().length).toBe(1)
    client.socket.destroy()
    await expect
      .poll(() => {
        timeOut()
        return left()
      })
      .toEqual(before)
    await works()
    expect(requests().length).toBeLessThan(10)
    expect(relay.errors).toEqual([])
  })
})

describe('a body that is announced as 10 GB', () => {
  it.each(['POST /publish/a', 'POST /request/a', 'PUT /request/a'])(
    'is refused by its header, before it is sent: %s (H17)',
    async (line) => {
      const relay = await startRelay({ gateways: [http, health, websocket(), httpRequest({ form: 'json' })] })
      const works = await bystander(relay)
      const headers = 'Host: x\r\nContent-Length: 10000000000'
      const answer = await answerTo(relay, `${line} HTTP/1.1\r\n${headers}\r\n\r\nx`)
      expect(statusesIn(answer)).toEqual([413])
      expect(answer).toContain('too_large: ')
      await works()
    },
  )
})
