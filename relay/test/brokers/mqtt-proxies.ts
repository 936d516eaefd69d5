import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

// Proxies that make a real server behave like others.

/** Opens a proxy until the test has finished. `join` gets each client, and its first data. */
async function openProxy(join: (near: Socket, hello: Buffer) => void): Promise<number> {
  const proxy = createServer((near) => {
    near.on('error', () => {})
    near.once('data', (hello) => join(near, hello))
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void proxy.close())
  return (proxy.address() as { port: number }).port
}

/** Connects a client to the server. */
function connectTo(near: Socket, target: number): Socket {
  const far = connect(target, '127.0.0.1')
  far.on('error', () => near.destroy())
  near.on('close', () => far.destroy())
  far.on('close', () => near.destroy())
  return far
}

/** The offset of the version in a CONNECT: a header of two bytes, a length of two, and "MQTT". */
const versionAt = 8

/** Speaks MQTT 3.1.1 only, and refuses MQTT 5 like old servers. */
export async function mqtt3Proxy(target: number): Promise<{ readonly port: number; readonly refused: number }> {
  let refused = 0
  const port = await openProxy((near, hello) => {
    if (hello[versionAt] === 5) {
      refused++
      near.end(Buffer.of(0x20, 2, 0, 1)) // CONNACK: unacceptable protocol version
      return
    }
    const far = connectTo(near, target)
    far.write(hello)
    near.pipe(far).pipe(near)
  })
  return {
    port,
    get refused() {
      return refused
    },
  }
}

/** Closes the connection of a client that sends the word. */
export function closingProxy(target: number, word: string): Promise<number> {
  return openProxy((near, hello) => {
    const far = connectTo(near, target)
    far.write(hello)
    far.pipe(near)
    near.on('data', (bytes) => {
      if (bytes.includes(word)) near.destroy()
      else far.write(bytes)
    })
  })
}

const pong = Buffer.of(0xd0, 0)

/** Drops the answers to pings, which are late behind a flood. */
export function pinglessProxy(target: number): Promise<number> {
  return openProxy((near, hello) => {
    const far = connectTo(near, target)
    far.write(hello)
    near.pipe(far)
    far.on('data', (bytes) => {
      if (!bytes.equals(pong)) near.write(bytes)
    })
  })
}

/** The first byte of a PUBLISH with QoS 1, and the flag of a repeated one. */
const [publishOnce, repeated] = [0x32, 0x08]

/** Repeats each short message, as servers may if a confirmation is slow. */
export function repeatingProxy(target: number): Promise<number> {
  return openProxy((near, hello) => {
    const far = connectTo(near, target)
    far.write(hello)
    near.pipe(far)
    far.on('data', (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const packet = bytes.subarray(at, at + 2 + (bytes[at + 1] ?? 0)) // lengths up to 127 have one byte
        near.write(packet)
        if (packet[0] === publishOnce)
          near.write(Buffer.concat([Buffer.of(publishOnce | repeated), packet.subarray(1)]))
        at += packet.length
      }
    })
  })
}
