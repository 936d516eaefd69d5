import type { JsonValue } from '@wildcast/protocol'
import type { StreamEncoder } from '../../../core/outlet.js'
import type { OpenDialect } from '../dialect.js'
import { classicOwner, fail } from './failures.js'

/** The subscription of a URL. */
export interface UrlSubscription {
  readonly subject: string
  readonly filter: JsonValue | undefined
}

/** Subscribes to what the URL asks for. Ignores what the client sends. */
export function subscribeOnly(want: UrlSubscription, encoder: StreamEncoder): OpenDialect {
  return (relay, connection, { identity }) => {
    const outbox = relay.outbox(encoder, { wire: connection, owner: classicOwner })
    const session = relay.open(outbox, identity)
    session.subscribe(want, () => {}).catch((cause) => fail(relay, outbox, cause))
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
