import type { Socket } from 'node:net'
import type { Clock } from '../../core/clock.js'
import type { StatedConnection } from '../../gateways/endpoints/peer.js'
import { readProxyHeader } from './proxy-header.js'

/** How long a proxy may take to send the header, in milliseconds. */
const patienceMs = 5000

/**
 * Reads the PROXY header of an accepted connection. The rest stays in the socket.
 * @throws {Error} by rejection, if there is no valid header in time
 */
export function takeProxyHeader(socket: Socket, clock: Clock): Promise<StatedConnection> {
  return new Promise((resolve, reject) => {
    let input: Buffer = Buffer.alloc(0)
    const end = (settle: () => void): void => {
      stopClock()
      socket.off('data', take)
      socket.off('close', leave)
      settle()
    }
    const leave = (): void => end(() => reject(new Error('the connection has ended before its PROXY header')))
    const stopClock = clock.after(patienceMs, () =>
      end(() => reject(new Error(`there was no PROXY header within ${patienceMs / 1000} s`))),
    )
    function take(chunk: Buffer): void {
      input = Buffer.concat([input, chunk])
      try {
        const header = readProxyHeader(input)
        if (!header) return
        end(() => {
          socket.pause()
          if (input.length > header.bytes) socket.unshift(input.subarray(header.bytes))
          resolve(header.client)
        })
      } catch (cause) {
        end(() => reject(cause))
      }
    }
    socket.on('data', take)
    socket.on('close', leave)
    socket.resume()
  })
}
