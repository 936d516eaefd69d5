import type { BrokerMessage } from '@wildcast/protocol'
import type { BrokerRequestOptions } from './broker.js'
import type { Hub } from './hub.js'

export interface SessionRequestsPorts {
  readonly hub: Hub
  /** See `SessionSubscriptions.before`. */
  readonly before: (broker: string) => Promise<void> | undefined
}

/** The requests of one session that are in flight. */
export class SessionRequests {
  readonly #ports: SessionRequestsPorts
  #inFlight = 0

  constructor(ports: SessionRequestsPorts) {
    this.#ports = ports
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** No `await` here or in `Session.request`: it would keep the payload alive until the answer. */
  send(broker: string, message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { hub, before } = this.#ports
    const ready = before(broker)
    if (!ready) return hub.request(broker, message, options)
    return ready.then(() => {
      options.signal?.throwIfAborted()
      return hub.request(broker, message, options)
    })
  }

  /** Counts a request as in flight until it is answered. */
  counting(answer: Promise<BrokerMessage>): Promise<BrokerMessage> {
    this.#inFlight++
    const over = (): void => {
      this.#inFlight--
    }
    answer.then(over, over)
    return answer
  }
}
