import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

// A real server behind a door that does what this server would not.

/** Opens a door until the test is done; `join` gets who comes with the first that they said. */
async function openDoor(join: (near: Socket, hello: Buffer) => void): Promise<number> {
  const door = createServer((near) => {
    near.on('error', () => {})
    near.once('data', (hello) => join(near, hello))
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void door.close())
  return (door.address() as { port: number }).port
}

/** The way on from the door. */
function wayOn(near: Socket, target: number): Socket {
  const far = connect(target, '127.0.0.1')
  far.on('error', () => near.destroy())
  near.on('close', () => far.destroy())
  far.on('close', () => near.destroy())
  return far
}

/**
 * Where the version stands in a CONNECT: behind two bytes of header, and two of length with the
 * four of "MQTT".
 */
const versionAt = 8

/** It speaks only MQTT 3.1.1, and refuses MQTT 5 as old servers do. */
export async function oldMqtt(target: number): Promise<{ readonly port: number; readonly refused: number }> {
  let refused = 0
  const port = await openDoor((near, hello) => {
    if (hello[versionAt] === 5) {
      refused++
      near.end(Buffer.of(0x20, 2, 0, 1)) // CONNACK: unacceptable protocol version
      return
    }
    const far = wayOn(near, target)
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

/** It hangs up on whoever says a word. */
export function touchyMqtt(target: number, word: string): Promise<number> {
  return openDoor((near, hello) => {
    const far = wayOn(near, target)
    far.write(hello)
    far.pipe(near)
    near.on('data', (bytes) => {
      if (bytes.includes(word)) near.destroy()
      else far.write(bytes)
    })
  })
}

const pong = Buffer.of(0xd0, 0)

/** Its answers to pings never come, as behind a flood. */
export function pinglessMqtt(target: number): Promise<number> {
  return openDoor((near, hello) => {
    const far = wayOn(near, target)
    far.write(hello)
    near.pipe(far)
    far.on('data', (bytes) => {
      if (!bytes.equals(pong)) near.write(bytes)
    })
  })
}

/** The first byte of a PUBLISH with QoS 1, and the mark of one that is sent again. */
const [publishOnce, sentAgain] = [0x32, 0x08]

/** It sends each short message a second time, as servers may where a confirmation is slow. */
export function repeatingMqtt(target: number): Promise<number> {
  return openDoor((near, hello) => {
    const far = wayOn(near, target)
    far.write(hello)
    near.pipe(far)
    far.on('data', (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const packet = bytes.subarray(at, at + 2 + (bytes[at + 1] ?? 0)) // lengths up to 127 have one byte
        near.write(packet)
        if (packet[0] === publishOnce)
          near.write(Buffer.concat([Buffer.of(publishOnce | sentAgain), packet.subarray(1)]))
        at += packet.length
      }
    })
  })
}
