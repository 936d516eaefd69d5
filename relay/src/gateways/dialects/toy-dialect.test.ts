import { WildcastError } from '@wildcast/protocol'
import { everything } from '../../core/access/identity.js'
import { joinFrames } from '../connections/framing.js'
import { dialectContract } from './dialect.contract.js'
import type { OpenDialect } from './dialect.js'

// A dialect in full: `PUB <subject> <payload>`, `SUB <pattern>`, and `MSG <subject> <payload>`.

const bytes = (line: string): Uint8Array => new TextEncoder().encode(`${line}\n`)
const encoder = {
  message: ({ subject, payload }: { subject: string; payload: string | Uint8Array }) =>
    bytes(`MSG ${subject} ${payload}`),
  gap: () => bytes('GAP'),
  overrun: 'gap' as const,
  join: joinFrames,
}

const words: OpenDialect = (relay, connection) => {
  const owner = { ended: () => outbox.deliver({ bytes: bytes('END') }) }
  const outbox = relay.outbox(encoder, { wire: connection, owner })
  const session = relay.open(outbox, everything)
  const fail = (cause: unknown): void => outbox.end(WildcastError.from(cause, 'invalid_frame'))
  return {
    receive(data) {
      const [, verb, subject = '', payload = ''] = /^(PUB|SUB) (\S+) ?(.*)$/.exec(String(data)) ?? []
      if (verb === 'PUB') Promise.resolve(session.publish({ subject, payload })).catch(fail)
      else if (verb === 'SUB') session.subscribe({ subject }, () => {}).catch(fail)
      else fail('send PUB or SUB')
    },
    ping: () => connection.ping(),
    end: (error) => outbox.end(error),
    close() {
      session.close()
      outbox.close()
    },
  }
}

dialectContract('a dialect of three words', {
  open: words,
  publish: (subject, payload) => `PUB ${subject} ${payload}`,
  subscribe: (pattern) => `SUB ${pattern}`,
  nonsense: ['', 'HELLO', Uint8Array.of(0)],
})
