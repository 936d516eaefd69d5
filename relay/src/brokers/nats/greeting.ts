import { connect } from 'node:net'
import type { Clock } from '../../core/clock.js'
import type { NatsAddress } from './address.js'

/** What a server says of itself to whoever dials it, before anybody logs in. */
export interface Greeting {
  readonly tls_required?: boolean
  readonly tls_available?: boolean
  /** It asks for a client's certificate. */
  readonly tls_verify?: boolean
}

/** How long a server may take to hang up in turn. */
const farewellMs = 500

/** Why there was none. */
export class NoGreeting extends Error {}

/** A server's first line is much shorter. */
const mostBytes = 64 * 1024

/**
 * Dials a server, hears what it says first, and hangs up. The client library would do the same, but
 * where a server takes the call and stays silent, it forgets the socket without closing it, one for
 * each try; and it must be told beforehand whose certificate to expect.
 */
export function greeting(
  { host, port }: Pick<NatsAddress, 'host' | 'port'>,
  clock: Clock,
  timeoutMs: number,
): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    let heard = ''
    let failure: Error | undefined
    const socket = connect({ host, port })
    let stopClock = clock.after(timeoutMs, () =>
      socket.destroy(new NoGreeting(`it did not answer within ${timeoutMs} ms`)),
    )
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      heard += text
      if (heard.length > mostBytes) socket.destroy()
      if (!heard.includes('\n')) return
      // It may have more to say, such as that it is full, and then hangs up as well.
      socket.end()
      stopClock()
      stopClock = clock.after(farewellMs, () => socket.destroy())
    })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      stopClock()
      const said = read(heard)
      if (said instanceof NoGreeting) reject(heard === '' && failure ? failure : said)
      else resolve(said)
    })
  })
}

function read(heard: string): Greeting | NoGreeting {
  const refusal = /^-ERR '(.*)'/m.exec(heard)?.[1]
  if (refusal !== undefined) return new NoGreeting(`it refused the connection: ${refusal}`)
  try {
    const [, info = ''] = /^INFO (.*)\r?\n/.exec(heard) ?? []
    return JSON.parse(info) as Greeting
  } catch {
    return new NoGreeting(heard === '' ? 'it hung up without a word' : 'what listens there is no NATS server')
  }
}
