import { connect as tcp } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { http, websocket } from '../src/index.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const start = (compression: boolean): Promise<StartedRelay> =>
  startRelay({ gateways: [http, websocket({ mode: 'json', compression })] })
const publish = ({ address }: StartedRelay, body: string): Promise<Response> =>
  fetch(`http://${address}/publish/a`, { method: 'POST', body })

/** A client that has subscribed to `a`, and counts the bytes that it receives afterwards. */
async function subscribed({ address }: StartedRelay, options: { perMessageDeflate: boolean | object }) {
  const ws = new WebSocket(`ws://${address}/ws`, 'wildcast.v1+json', options)
  onTestFinished(() => ws.terminate())
  const frames: { Message?: { message: string } }[] = []
  ws.on('message', (data) => frames.push(JSON.parse(String(data))))
  let bytes = 0
  ws.on('upgrade', ({ socket }) => socket.on('data', (chunk: Buffer) => (bytes += chunk.length)))
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  ws.send('{"Subscribe":"a"}')
  await expect.poll(() => frames.length).toBe(1)
  const before = bytes
  const next = async (count: number): Promise<(string | undefined)[]> => {
    await expect.poll(() => frames.length).toBe(1 + count)
    return frames.slice(1).map(({ Message }) => Message?.message)
  }
  return { ws, next, bytes: () => bytes - before }
}

const long = JSON.stringify(Array.from({ length: 1000 }, (_, n) => ({ name: `sensor ${n}`, unit: 'celsius' })))

describe('compression', () => {
  it('shortens long messages for clients that offer it, and no other messages', async () => {
    const relay = await start(true)
    const offering = await subscribed(relay, { perMessageDeflate: true })
    const other = await subscribed(relay, { perMessageDeflate: false })
    expect(offering.ws.extensions).toContain('permessage-deflate')
    for (const body of ['short', long, 'é'.repeat(5000), 'after']) await publish(relay, body)
    expect(await offering.next(4)).toEqual(['short', long, 'é'.repeat(5000), 'after'])
    expect(await other.next(4)).toEqual(['short', long, 'é'.repeat(5000), 'after'])
    expect(offering.bytes()).toBeLessThan(other.bytes() / 4)
  })

  it('accepts compressed messages, and answers them', async () => {
    const relay = await start(true)
    const client = await subscribed(relay, { perMessageDeflate: { threshold: 0 } })
    client.ws.send(JSON.stringify({ Publish: { subject: 'a', message: long } }))
    expect(await client.next(1)).toEqual([long])
  })

  it('is off by default', async () => {
    const relay = await start(false)
    const client = await subscribed(relay, { perMessageDeflate: true })
    expect(client.ws.extensions).toBe('')
    await publish(relay, long)
    expect(await client.next(1)).toEqual([long])
  })

  it('is not used for a client that requires a smaller window', async () => {
    const relay = await start(true)
    const client = await subscribed(relay, { perMessageDeflate: { serverMaxWindowBits: 9 } })
    expect(client.ws.extensions).toBe('')
  })

  it.each([
    ['a bomb', deflateRawSync(Buffer.alloc(50 * 1024 * 1024)), 1009],
    ['data that is not compressed', Buffer.alloc(100, 0xff), 1007],
  ])('closes the connection of a client that sends %s, and no other (W8)', async (_, data, code) => {
    const relay = await start(true)
    const bystander = await subscribed(relay, { perMessageDeflate: true })
    expect(await closeCodeAfter(relay, data)).toBe(code)
    await publish(relay, long)
    expect(await bystander.next(1)).toEqual([long])
  })
})

/** Sends these bytes as a compressed message. Resolves with the code of the relay's close frame. */
function closeCodeAfter({ address }: StartedRelay, data: Buffer): Promise<number> {
  const socket = tcp(Number(address.split(':')[1]), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const head = Buffer.from([0xc2, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(data.length, 6)
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wildcast.v1+msgpack\r\n' +
      'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
  )
  let received = Buffer.alloc(0)
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      const open = received.includes('\r\n\r\n')
      received = Buffer.concat([received, chunk])
      if (!open && received.includes('\r\n\r\n')) {
        received = received.subarray(received.indexOf('\r\n\r\n'))
        socket.write(Buffer.concat([head, data]))
      }
      const close = received.indexOf(0x88)
      if (close >= 0 && received.length >= close + 4) resolve(received.readUInt16BE(close + 2))
    })
  })
}
