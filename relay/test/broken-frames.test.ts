import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { bystander } from './bystander.js'
import { frame, rawSocket } from './raw-socket.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const json = 'wildcast.v1+json'
const final = 0x80
const [continuation, text, binary, close, ping] = [0x0, 0x1, 0x2, 0x8, 0x9]
const limits = { payload: 16 * 1024 } // so a WebSocket message may have 128 KiB

describe('WebSocket frames that break RFC 6455', () => {
  const broken: [string, number, Uint8Array[]][] = [
    ['an unmasked frame', 1002, [Buffer.of(final | text, 1, 65)]],
    ['RSV1 without an extension', 1002, [frame(0xc1, 'x')]],
    ['RSV2', 1002, [frame(0xa1, 'x')]],
    ['RSV3', 1002, [frame(0x91, 'x')]],
    ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode): [string, number, Uint8Array[]] => [
      `opcode ${opcode}`,
      1002,
      [frame(final | opcode)],
    ]),
    ['a continuation first', 1002, [frame(final | continuation, 'x')]],
    ['text inside a fragmented text', 1002, [frame(text, 'x'), frame(final | text, 'y')]],
    ['a fragmented ping', 1002, [frame(ping, 'x')]],
    ['a ping of 126 bytes', 1002, [frame(final | ping, 'x'.repeat(126))]],
    ['invalid UTF-8', 1007, [frame(final | text, Buffer.of(0xc3, 0x28))]],
    [
      'invalid UTF-8 over two fragments',
      1007,
      [frame(text, Buffer.of(0xc3)), frame(final | continuation, Buffer.of(0x28))],
    ],
    ['a header that announces 2^62 bytes', 1009, [frame(final | binary, '', 1n << 62n)]],
    ['a header that announces 1 MiB', 1009, [frame(final | text, '', 1n << 20n)]],
    [
      'fragments that add up to too much',
      1009,
      [frame(text, 'x'.repeat(100_000)), frame(continuation, 'x'.repeat(100_000))],
    ],
    ['close code 1005', 1002, [frame(final | close, Buffer.of(0x03, 0xed))]],
    ['close code 1006', 1002, [frame(final | close, Buffer.of(0x03, 0xee))]],
    ['close code 999', 1002, [frame(final | close, Buffer.of(0x03, 0xe7))]],
    ['close code 5000', 1002, [frame(final | close, Buffer.of(0x13, 0x88))]],
    ['a close of one byte', 1002, [frame(final | close, 'x')]],
    ['a close reason of invalid UTF-8', 1007, [frame(final | close, Buffer.of(0x03, 0xe8, 0xff))]],
  ]

  it.each(broken)('%s closes the connection with %i, and no other (W1–W4, W10)', async (_, code, frames) => {
    const relay = await startRelay({ limits })
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(...frames)
    expect(await attacker.closed).toBe(code)
    await works()
  })

  it.each([
    ['one-byte', 'x'],
    ['empty', ''],
  ])('closes 1008 over 200,000 %s fragments (W5, W6, W15)', async (_, payload) => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(text, payload), Buffer.concat(new Array<Buffer>(200_000).fill(frame(continuation, payload))))
    expect(await attacker.closed).toBe(1008)
    await works()
  })

  it('closes 4408 over a message that is never finished (W7)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(text, 'never'))
    const other = await connect(`ws://${relay.address}/ws`, json)
    other.send('{"Publish":{"ref":1,"subject":"a","message":""}}')
    await other.next() // the relay has read the fragment before
    clock.advance(20_000)
    expect(await attacker.closed).toBe(4408)
  })

  it('answers 50,000 pings in one write, and continues to serve others (W9)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(
      Buffer.concat(new Array<Buffer>(50_000).fill(frame(final | ping, 'x'))),
      frame(final | close, Buffer.of(0x03, 0xe8)),
    )
    expect(await attacker.closed).toBe(1000)
    await works()
  })

  it('releases a client whose connection is reset in the middle of a frame (W12)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'))
    await once(attacker.socket, 'data')
    attacker.write(frame(text, 'half').subarray(0, 7))
    attacker.socket.resetAndDestroy()
    await freed(relay)
    await works()
  })

  it('treats a FIN without a close frame as a lost connection (W13)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'))
    await once(attacker.socket, 'data')
    attacker.socket.end()
    await freed(relay)
  })

  it('ignores what follows the close frame (W14)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address)
    attacker.write(
      frame(final | close, Buffer.of(0x03, 0xe8)),
      frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'),
    )
    expect(await attacker.closed).toBe(1000)
    await freed(relay)
  })

  it('disconnects a client that does not answer the close frame (W14)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address, null)
    attacker.socket.removeAllListeners('end') // it never answers, and never closes
    attacker.write(frame(final | text, 'rubbish'))
    await once(attacker.socket, 'end')
  })

  /** Waits until the exclusive subject is free: the attacker's session has ended. */
  async function freed(relay: StartedRelay): Promise<void> {
    const socket = await connect(`ws://${relay.address}/ws`, json)
    for (let answer: unknown; !(answer as { Subscribed?: unknown })?.Subscribed; answer = await socket.json())
      socket.send('{"Subscribe":{"subject":"one","serve":true}}')
  }
})
