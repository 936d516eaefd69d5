import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** Where the version stands in a CONNECT: behind two bytes of header, and two of length with the four of "MQTT". */
const versionAt = 8

/** A server that speaks only MQTT 3.1.1, until the test is done: a real one, behind a door that refuses MQTT 5 as old servers do. */
export async function oldMqtt(target: number): Promise<{ readonly port: number; readonly refused: number }> {
  let refused = 0
  const door = createServer((near) => {
    near.on('error', () => {})
    near.once('data', (hello) => {
      if (hello[versionAt] === 5) {
        refused++
        near.end(Buffer.of(0x20, 2, 0, 1)) // CONNACK: unacceptable protocol version
        return
      }
      const far = connect(target, '127.0.0.1')
      far.on('error', () => near.destroy())
      far.write(hello)
      near.pipe(far).pipe(near)
    })
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void door.close())
  return {
    port: (door.address() as { port: number }).port,
    get refused() {
      return refused
    },
  }
}
