import type { StreamEncoder } from '../../../core/outlet.js'
import type { OpenDialect } from '../dialect.js'
import { classicOwner, fail } from './failures.js'

/** Subscribes to one pattern, from the path. Ignores what the client sends. */
export function subscribeOnly(pattern: string, encoder: StreamEncoder): OpenDialect {
  return (relay, connection, { identity }) => {
    const outbox = relay.outbox(encoder, { wire: connection, owner: classicOwner })
    const session = relay.open(outbox, identity)
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
