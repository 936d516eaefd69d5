import { once } from 'node:events'
import { type Socket, connect as tcp } from 'node:net'
import { onTestFinished } from 'vitest'

/** A WebSocket client without any library: it can send any bytes. */
export interface RawSocket {
  readonly socket: Socket
  write(...parts: Uint8Array[]): void
  /** The bytes of the relay so far, a character for each. */
  received(): string
  /** The relay's close code, once the TCP connection has ended; undefined if it sends none. */
  readonly closed: Promise<number | undefined>
}

/** Sends a handshake on `/ws`, for classic if there is no subprotocol. */
export async function rawSocket(address: string, subprotocol: string | null = 'wildcast.v1+json'): Promise<RawSocket> {
  const [host, port] = address.split(':') as [string, string]
  const socket = tcp({ host, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: ${address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `${subprotocol ? `Sec-WebSocket-Protocol: ${subprotocol}\r\n` : ''}\r\n`,
  )
  const [head] = (await once(socket, 'data')) as [Buffer]
  if (!head.toString().startsWith('HTTP/1.1 101')) throw new Error(head.toString())
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise<number | undefined>((resolve) => {
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(closeCodeIn(Buffer.concat(received))))
  })
  return {
    socket,
    closed,
    received: () => Buffer.concat(received).toString('latin1'),
    write: (...parts) => void socket.write(Buffer.concat(parts)),
  }
}

/** A client's frame, masked with zeros, so that its bytes stay readable. */
export function frame(first: number, payload: Uint8Array | string = '', announced?: bigint): Buffer {
  const body = Buffer.from(payload)
  const length = announced ?? BigInt(body.length)
  const head = length < 126n ? Buffer.of(first, 0x80 | Number(length)) : Buffer.alloc(length < 0x10000n ? 4 : 10)
  if (head.length > 2) head.set([first, head.length === 4 ? 0xfe : 0xff])
  if (head.length === 4) head.writeUInt16BE(Number(length), 2)
  if (head.length === 10) head.writeBigUInt64BE(length, 2)
  return Buffer.concat([head, Buffer.alloc(4), body])
}

/** Skips the relay's frames up to its close frame. */
function closeCodeIn(bytes: Buffer): number | undefined {
  for (let at = 0; at + 1 < bytes.length; ) {
    const short = (bytes[at + 1] as number) & 0x7f
    const head = short === 126 ? 4 : short === 127 ? 10 : 2
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short
    if (bytes[at] === 0x88) return bytes.readUInt16BE(at + head)
    at += head + length
  }
  return undefined
}
