import { connect } from 'node:net'
import type { Clock } from '../../core/clock.js'
import type { NatsAddress } from './address.js'

/** The facts that a server sends to each new connection, before the login. */
export interface Greeting {
  readonly version?: string
  readonly jetstream?: boolean
  readonly tls_required?: boolean
  readonly tls_available?: boolean
  /** The server requires a client certificate. */
  readonly tls_verify?: boolean
}

/** How long a server may take to close its side. */
const closeMs = 500

/** A failed greeting. Its message is a predicate of the server: `did not answer`. */
export class NoGreeting extends Error {}

/** The longest greeting that is read. A server's is much shorter. */
const mostBytes = 64 * 1024

/**
 * Connects to a server, reads its greeting and disconnects. The client library reads it too, but if
 * a server accepts the connection and stays silent, the library leaks the socket, one for each try;
 * and its TLS options have to be set before it connects.
 */
export function greeting(
  { host, port }: Pick<NatsAddress, 'host' | 'port'>,
  clock: Clock,
  timeoutMs: number,
): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    let received = ''
    let failure: Error | undefined
    const socket = connect({ host, port })
    let stopClock = clock.after(timeoutMs, () =>
      socket.destroy(new NoGreeting(`did not answer within ${timeoutMs} ms`)),
    )
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      received += text
      if (received.length > mostBytes) socket.destroy()
      if (!received.includes('\n')) return
      // More may follow, such as an error that the server is full; then it closes its side as well.
      socket.end()
      stopClock()
      stopClock = clock.after(closeMs, () => socket.destroy())
    })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      stopClock()
      const greeting = read(received)
      if (greeting instanceof NoGreeting) reject(received === '' && failure ? failure : greeting)
      else resolve(greeting)
    })
  })
}

function read(received: string): Greeting | NoGreeting {
  const refusal = /^-ERR '(.*)'/m.exec(received)?.[1]
  if (refusal !== undefined) return new NoGreeting(`refused the connection: ${refusal}`)
  try {
    const [, info = ''] = /^INFO (.*)\r?\n/.exec(received) ?? []
    return JSON.parse(info) as Greeting
  } catch {
    return new NoGreeting(received === '' ? 'closed the connection without a greeting' : 'is not a NATS server')
  }
}
