import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attach, memory, newId, realClock, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { eventSource } from './event-source.js'
import { makeCertificates } from './servers/certificates.js'
import { connect, type Socket } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const json = 'wildcast.v1+json'
const kilobytes256 = 'x'.repeat(256 * 1024)

interface Frame {
  readonly Message?: { readonly subject: string; readonly message: string }
  readonly Gap?: { readonly id: number; readonly missed: number }
}

/** A client that has subscribed. */
async function subscribed({ address }: StartedRelay, body: object): Promise<Socket> {
  const socket = await connect(`ws://${address}/ws`, json)
  socket.send(JSON.stringify({ Subscribe: { ref: 1, ...body } }))
  expect(await socket.json()).toMatchObject({ Subscribed: { ref: 1 } })
  return socket
}

/** Publishes more numbered messages than the kernel buffers. Resolves when all are confirmed. */
async function flood(relay: StartedRelay, count: number, subject = (_: number) => 'a'): Promise<void> {
  await floodOver(await connect(`ws://${relay.address}/ws`, json), count, subject)
}

async function floodOver(publisher: Socket, count: number, subject = (_: number) => 'a'): Promise<void> {
  for (let n = 0; n < count; n++) {
    const message = `${n} ${kilobytes256}`
    publisher.send(JSON.stringify({ Publish: { ref: n, subject: subject(n), message } }))
    expect(await publisher.json()).toEqual({ Ack: { ref: n } })
  }
}

/** Receives frames up to the message with this number. */
async function until(socket: Socket, last: number): Promise<Frame[]> {
  const frames: Frame[] = []
  for (;;) {
    const frame = (await socket.json()) as Frame
    frames.push(frame)
    if (frame.Message && numberOf(frame) === last) return frames
  }
}

const numberOf = ({ Message }: Frame): number => Number(Message?.message.split(' ')[0])

describe('a reader that stops reading', () => {
  it('misses messages, and learns how many when it reads again; others get them all (SP-BRK-3, L5)', async () => {
    const relay = await startRelay({ clock: fakeClock() }) // only time disconnects a stuck reader
    const [stuck, good, other] = [
      await subscribed(relay, { subject: 'a' }),
      await subscribed(relay, { subject: 'a' }),
      await subscribed(relay, { subject: '*' }),
    ]
    stuck.ws.pause()
    await flood(relay, 100)
    for (const reader of [good, other])
      expect((await until(reader, 99)).map(numberOf)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    stuck.ws.resume()
    const frames = await until(stuck, 99)
    const gap = frames.findIndex(({ Gap }) => Gap)
    const before = frames.slice(0, gap).map(numberOf)
    const after = frames.slice(gap + 1).map(numberOf)
    expect(before).toEqual(before.map((_, i) => i))
    expect(after[0]).toBe(before.length + (frames[gap]?.Gap?.missed ?? 0))
    expect(after).toEqual(after.map((_, i) => 100 - after.length + i))
    expect(relay.errors).toEqual([])
  })

  it('learns it over TLS, too', async () => {
    const { ca, server: own } = makeCertificates()
    const server = createSecureServer(own)
    const broker = memory({ clock: realClock, newId })
    const attached = await attach(server, {
      brokers: { main: broker },
      gateways: [websocket()],
      onError: () => {},
      clock: fakeClock(),
    })
    onTestFinished(() => attached.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `wss://localhost:${(server.address() as AddressInfo).port}/wildcast/ws`
    const [stuck, good, publisher] = [
      await connect(url, json, { ca }),
      await connect(url, json, { ca }),
      await connect(url, json, { ca }),
    ]
    for (const reader of [stuck, good]) {
      reader.send('{"Subscribe":"a"}')
      await reader.next()
    }
    stuck.ws.pause()
    await floodOver(publisher, 100)
    expect((await until(good, 99)).map(numberOf)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    stuck.ws.resume()
    const frames = await until(stuck, 99)
    const missed = frames.reduce((sum, { Gap }) => sum + (Gap?.missed ?? 0), 0)
    expect(missed).toBeGreaterThan(0)
    expect(frames.filter(({ Message }) => Message).length + missed).toBe(100)
  })

  it('is disconnected as a slow consumer after ten seconds without reading, and leaves nothing behind', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const stuck = await subscribed(relay, { subject: 'a' })
    stuck.ws.pause()
    await flood(relay, 80)
    const timers = clock.timers
    // Its heartbeat continues; its slow-reader timer ends when the kernel accepts no more.
    await expect
      .poll(() => {
        clock.advance(10_000)
        return clock.timers
      })
      .toBeLessThan(timers)
    stuck.ws.resume()
    // The close frame follows the kernel's buffer, unless the relay has timed out before.
    expect([4408, 1006]).toContain((await stuck.closed).code)
  })

  it('gets only the newest message of each subject if it has requested that', async () => {
    const relay = await startRelay({ clock: fakeClock() })
    const reader = await subscribed(relay, { subject: 'a.*', policy: { deliver: 'latest' } })
    reader.ws.pause()
    await flood(relay, 100, (n) => (n % 2 === 0 ? 'a.even' : 'a.odd'))
    reader.ws.resume()
    const frames = await until(reader, 99)
    expect(frames.length).toBeLessThan(100)
    expect(frames.flatMap(({ Gap }) => Gap ?? [])).toEqual([])
    expect(frames.slice(-2).map(numberOf)).toEqual([98, 99])
  })

  it('of classic, which has no frame for a gap, is disconnected instead', async () => {
    const relay = await startRelay({ mode: 'binary', clock: fakeClock() })
    const stuck = await connect(`ws://${relay.address}/subscribe/a`)
    stuck.ws.pause()
    await flood(relay, 80)
    stuck.ws.resume()
    expect([4408, 1006]).toContain((await stuck.closed).code)
  })
})

describe('a rate', () => {
  it('applies to one subscription and not to others, and the last message always comes', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const rated = await subscribed(relay, { subject: 'tick', policy: { max_rate: 10 } })
    const every = await subscribed(relay, { subject: 'tick' })
    const publish = async (n: number): Promise<void> => {
      every.send(JSON.stringify({ Publish: { subject: 'tick', message: `${n}` } }))
      expect(await every.json()).toMatchObject({ Message: { message: `${n}` } })
    }
    for (let n = 0; n < 10; n++) await publish(n)
    expect(await rated.json()).toMatchObject({ Message: { message: '0' } })
    clock.advance(100)
    expect(await rated.json()).toMatchObject({ Message: { message: '9' } })
    await publish(10)
    clock.advance(100)
    expect(await rated.json()).toMatchObject({ Message: { message: '10' } })
    clock.advance(1000)
    await publish(11)
    expect(await rated.json()).toMatchObject({ Message: { message: '11' } })
  })
})

describe('a publisher that is faster than its broker', () => {
  it('is slowed down: the relay reads no more than it may buffer, and others are not affected', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { main: broker.open, other: scriptedBroker().open } })
    const release = broker.holdPublishes()
    const publisher = await connect(`ws://${relay.address}/ws`, json)
    const message = 'x'.repeat(7 * 1024)
    for (let ref = 0; ref < 2000; ref++) publisher.send(JSON.stringify({ Publish: { ref, subject: 'a', message } }))
    await expect.poll(() => broker.log.length).toBeGreaterThan(100)
    const other = await connect(`ws://${relay.address}/ws`, json)
    for (let ref = 0; ref < 50; ref++) {
      other.send(JSON.stringify({ Publish: { ref, subject: 'a', message: '', broker: 'other' } }))
      expect(await other.json()).toEqual({ Ack: { ref } })
    }
    // A MiB of payloads, and the chunks that were already read.
    expect(broker.log.length).toBeLessThan(200)
    release()
    const acks: unknown[] = []
    for (let ref = 0; ref < 2000; ref++) acks.push(await publisher.json())
    expect(acks).toEqual(Array.from({ length: 2000 }, (_, ref) => ({ Ack: { ref } })))
  })

  it('of classic is slowed down as well', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { main: broker.open } })
    const release = broker.holdPublishes()
    const publisher = await connect(`ws://${relay.address}/ws`)
    const message = Array(2000).fill(65)
    for (let i = 0; i < 2000; i++) publisher.send(JSON.stringify({ Publish: { subject: 'a', message } }))
    await expect.poll(() => broker.log.length).toBeGreaterThan(100)
    await fetch(`http://${relay.address}/healthz`)
    expect(broker.log.length).toBeLessThan(600)
    release()
    await expect.poll(() => broker.log.length).toBe(2000)
  })

  it('over HTTP has its POST read as far as there is room, and answered when all of it is read', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { main: broker.open } })
    const release = broker.holdPublishes()
    const stream = await eventSource(`http://${relay.address}/stream`, {}, { method: 'POST', body: '{"Connect":{}}' })
    const { Welcome } = (await stream.next()).data as { Welcome: { session: string } }
    const frame = JSON.stringify({ Publish: { subject: 'a', message: 'x'.repeat(10_000) } })
    let answer: number | undefined
    const posted = fetch(`http://${relay.address}/stream/frames`, {
      method: 'POST',
      headers: { authorization: `Session ${Welcome.session}`, 'wildcast-from': '1' },
      body: Array(150).fill(frame).join('\n'),
    }).then(({ status }) => {
      answer = status
    })
    await expect.poll(() => broker.log.length).toBeGreaterThan(90)
    for (let i = 0; i < 10; i++) await fetch(`http://${relay.address}/healthz`)
    expect(broker.log.length).toBeLessThan(110)
    expect(answer).toBe(undefined)
    release()
    await posted
    expect(answer).toBe(202)
    expect(broker.log.length).toBe(150)
  })

  it('is read in pieces, with others in between: an earlier flood ends after them', async () => {
    const relay = await startRelay()
    const [flooding, other] = [
      await connect(`ws://${relay.address}/ws`, json),
      await connect(`ws://${relay.address}/ws`, json),
    ]
    // Far more than may be read at once.
    const frame = JSON.stringify({ Publish: { subject: 'a', message: 'x'.repeat(1000) } })
    for (let i = 0; i < 40_000; i++) flooding.send(frame)
    flooding.send('{"Publish":{"ref":1,"subject":"a","message":""}}')
    for (let ref = 0; ref < 20; ref++) {
      other.send(JSON.stringify({ Publish: { ref, subject: 'b', message: '' } }))
      expect(await other.json()).toEqual({ Ack: { ref } })
    }
    expect(flooding.waiting).toEqual([])
    expect(await flooding.json()).toEqual({ Ack: { ref: 1 } })
  })

  it('and does not read its answers is not read either, until it does; every answer comes, in order', async () => {
    const count = 10_000
    let refusals = 0
    // Each rejection is long, and together they exceed the kernel's buffers: 20 MB.
    const refuse = (): never => {
      refusals++
      throw new WildcastError('forbidden', 'x'.repeat(2000))
    }
    const relay = await startRelay({
      clock: fakeClock(),
      brokers: { main: async (events) => ({ ...(await scriptedBroker().open(events)), publish: refuse }) },
    })
    const other = await connect(`ws://${relay.address}/ws`, json)
    const publisher = await connect(`ws://${relay.address}/ws`, json)
    publisher.ws.pause()
    for (let ref = 0; ref < count; ref++) publisher.send(`{"Publish":{"ref":${ref},"subject":"a","message":""}}`)
    /** Whether the relay reads nothing of it while another client gets many answers. */
    const isPaused = async (): Promise<boolean> => {
      const before = refusals
      for (let ref = 0; ref < 50; ref++) {
        other.send(`{"Subscribe":{"ref":${ref},"subject":"a"}}`)
        await other.next()
      }
      return refusals > 0 && refusals === before
    }
    while (!(await isPaused())) expect(refusals).toBeLessThan(count)
    publisher.ws.resume()
    const refs: number[] = []
    while (refs.length < count) refs.push(((await publisher.json()) as { Error: { ref: number } }).Error.ref)
    expect(refs).toEqual([...refs.keys()])
  })
})

it('a client with 10,000 subscriptions gets an error over the limit, and its others work (L1)', async () => {
  const relay = await startRelay()
  const greedy = await connect(`ws://${relay.address}/ws`, json)
  for (let ref = 0; ref < 10_000; ref++) greedy.send(`{"Subscribe":{"ref":${ref},"subject":"s.${ref}"}}`)
  const answers: string[] = []
  for (let ref = 0; ref < 10_000; ref++) {
    const answer = (await greedy.json()) as { Error?: { code: string } }
    answers.push(answer.Error?.code ?? 'subscribed')
  }
  expect(answers.filter((answer) => answer === 'subscribed')).toHaveLength(1000)
  expect(new Set(answers)).toEqual(new Set(['subscribed', 'too_many_subscriptions']))
  greedy.send('{"Publish":{"subject":"s.7","message":"here"}}')
  expect(await greedy.json()).toMatchObject({ Message: { subject: 's.7', message: 'here' } })
})
