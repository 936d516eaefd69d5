import { describe, expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { bystander } from './bystander.js'
import { dial, type RawHttp } from './raw-http.js'
import { frame, rawSocket } from './raw-socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const [continuation, text, ping, final] = [0x0, 0x1, 0x9, 0x80]

/** The first fragment of a message. */
const begun = (bytes: number): Buffer => frame(text, 'x'.repeat(bytes))

/** Resolves when the relay has read all that was sent before on another connection. */
async function settled(relay: StartedRelay): Promise<void> {
  const works = await bystander(relay)
  for (let i = 0; i < 5; i++) await works()
}

describe('an unfinished message', () => {
  it('ends its connection after 15 s, despite pings in between (W7)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(text, 'never'))
    for (let second = 0; second < 20; second++) {
      attacker.write(frame(final | ping, 'alive'))
      await settled(relay)
      clock.advance(1000)
    }
    expect(await attacker.closed).toBe(4408)
  })

  it('is noticed even if it begins in the chunk that ends another one', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(final | text, '"Pong"'), frame(text, 'never'))
    await settled(relay)
    clock.advance(20_000)
    expect(await attacker.closed).toBe(4408)
  })

  it('may take long if it continues', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const slow = await rawSocket(relay.address)
    const payload = 'x'.repeat(700_000)
    const bytes = frame(final | text, `{"Publish":{"ref":1,"subject":"a","message":"${payload}"}}`)
    const part = Math.ceil(bytes.length / 30)
    for (let at = 0; at < bytes.length; at += part) {
      slow.write(bytes.subarray(at, at + part))
      await settled(relay)
      clock.advance(2000)
    }
    await expect.poll(() => slow.received()).toContain('{"Ack":{"ref":1}}')
  })
})

describe('the unfinished input of all clients', () => {
  it('has a limit: the oldest message is dropped with its connection, and no other client notices', async () => {
    const relay = await startRelay({ limits: { unfinished: 100_000 } })
    const works = await bystander(relay)
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => rawSocket(relay.address)))
    for (const attacker of [first, second]) {
      attacker?.write(begun(45_000))
      await settled(relay)
    }
    third?.write(begun(20_000))
    expect(await first?.closed).toBe(4429)
    second?.write(frame(final | ping, 'here'))
    await expect.poll(() => second?.received()).toContain('here')
    await works()
  })

  it('does not include messages that have ended, and clients that have left', async () => {
    const relay = await startRelay({ limits: { unfinished: 100_000 } })
    const keeps = await rawSocket(relay.address)
    keeps.write(begun(40_000))
    for (let i = 0; i < 10; i++) {
      const leaves = await rawSocket(relay.address)
      leaves.write(begun(50_000))
      await settled(relay)
      leaves.socket.resetAndDestroy()
      await settled(relay)
    }
    const ends = await rawSocket(relay.address)
    for (let i = 0; i < 10; i++) ends.write(frame(text, 'x'.repeat(50_000)), frame(final | continuation, ''))
    await settled(relay)
    for (const { write } of [keeps, ends]) write(frame(final | ping, 'here'))
    await expect.poll(() => ends.received()).toContain('here')
    expect(keeps.socket.readableEnded).toBe(false)
  })

  it('includes the bodies of HTTP requests, with the memory that they take', async () => {
    const relay = await startRelay({ limits: { unfinished: 200_000 } })
    const works = await bystander(relay)
    const post = async (bytes: number): Promise<RawHttp> => {
      const client = await dial(relay)
      client.write(`POST /publish/a HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(bytes)}`)
      await settled(relay)
      return client
    }
    const first = await post(60_000)
    const second = await post(60_000)
    await expect.poll(() => first.received).toMatch(/^HTTP\/1\.1 429 /)
    expect(second.received).toBe('')
    second.write('x'.repeat(30_000))
    await expect.poll(() => second.received).toMatch(/^HTTP\/1\.1 202 /)
    await works()
  })
})
