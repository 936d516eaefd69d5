import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import { forbiddenByServer } from '../forbidden.js'
import { serverEventOf } from '../server-event.js'

/**
 * The publishes of a connection whose answer is awaited. The client library reports a refusal of
 * the server as an event, apart from the publish.
 */
export class WatchedPublishes {
  readonly #watched: Map<string, (error: WildcastError) => void> = new Map()

  constructor(nats: Pick<NatsConnection, 'status' | 'closed'>) {
    void this.#read(nats.status())
    // Once for all: a promise keeps its listeners as long as the connection lives.
    void nats.closed().then(() => {
      for (const failed of [...this.#watched.values()])
        failed(new WildcastError('broker_down', 'the link to the NATS server has ended'))
    })
  }

  /**
   * Calls back if a publish to this subject, which no other uses, is refused, or if the connection
   * ends. Returns the undo.
   */
  watch(subject: string, failed: (error: WildcastError) => void): () => void {
    this.#watched.set(subject, failed)
    return () => this.#watched.delete(subject)
  }

  /** Ends with the connection. */
  async #read(events: ReturnType<NatsConnection['status']>): Promise<void> {
    for await (const status of events) {
      const event = serverEventOf(status)
      if (event?.kind !== 'refused' || event.operation !== 'publish') continue
      this.#watched.get(event.subject)?.(forbiddenByServer(`publish to "${event.subject}"`))
    }
  }
}
