import type { StreamEncoder } from '../../../core/outlet.js'
import type { OpenDialect } from '../dialect.js'
import { fail, silent } from './failures.js'

/** One pattern, taken from the path. What the client sends is ignored. */
export function subscribeOnly(pattern: string, encoder: StreamEncoder): OpenDialect {
  return (relay, connection) => {
    const outbox = relay.outbox(encoder, { wire: connection, owner: silent })
    const session = relay.open(outbox)
    session.subscribe({ subject: pattern }, () => {}).catch((cause) => fail(relay, outbox, cause))
    return {
      receive: () => {},
      ping: () => connection.ping(),
      end: (error) => outbox.end(error),
      close() {
        session.close()
        outbox.close()
      },
    }
  }
}
