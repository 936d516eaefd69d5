import { type Message, payloadSize, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Connection } from './driver.js'
import type { Link } from './link.js'
import { poison } from './poison.js'

export interface PublisherOptions {
  readonly link: Link<Connection>
  readonly clock: Clock
  /** How long a publish waits for a link that is down. 0: it fails at once. */
  readonly publishTimeoutMs: number
}

/** Past this many bytes or messages without a word from the broker, publishers have to wait. */
const inFlightBytes = 64 * 1024 * 1024
const inFlightMessages = 100_000

/** A message costs the process more than its payload. */
const overheadBytes = 100

/** A broker that has not answered for so long has lost it, or discards without a word what it does not like. */
const answerDeadlineMs = 10_000

interface InFlight {
  readonly message: Message
  readonly at: Connection
  readonly since: number
  readonly bytes: number
  settle(error?: WildcastError): void
}

/** Publishes over a link: once each, in order, bounded, and with an end for every one of them. */
export class Publisher {
  readonly #options: PublisherOptions
  /** In the order in which they were sent. */
  readonly #inFlight: Set<InFlight> = new Set()
  readonly #poison: ReturnType<typeof poison>
  #bytes = 0
  #sweeping = false

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#poison = poison(options.clock)
  }

  /** @throws {WildcastError} `broker_down`, `interrupted`, `rate_limited`, `timeout`, and whatever the broker refuses it with */
  publish(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      const send = (connection: Connection): void => {
        this.#send(connection, message, (error) => (error ? reject(error) : resolve()))
      }
      this.#whenUp(send, reject)
    })
  }

  /** Runs with a connection: at once, or within the time that publishes may wait. */
  #whenUp(run: (connection: Connection) => void, fail: (error: WildcastError) => void): void {
    const { link, clock, publishTimeoutMs } = this.#options
    if (link.connection || publishTimeoutMs === 0) {
      if (link.connection) run(link.connection)
      else fail(downError())
      return
    }
    const stopClock = clock.after(publishTimeoutMs, () => {
      stopWaiting()
      fail(downError())
    })
    const stopWaiting = link.whenUp(
      (connection) => {
        stopClock()
        run(connection)
      },
      (error) => {
        stopClock()
        fail(error)
      },
    )
  }

  /** The connection for a request, as for a publish. */
  connection(): Promise<Connection> {
    return new Promise((resolve, reject) => this.#whenUp(resolve, reject))
  }

  /** A connection has ended: nobody knows whether what was under way arrived, so it is not sent again. */
  lost(connection: Connection): void {
    const underWay = [...this.#inFlight].filter(({ at }) => at === connection)
    if (underWay[0]) this.#poison.suspect(underWay[0].message)
    for (const { settle } of underWay)
      settle(new WildcastError('interrupted', 'the link to the broker broke on the way; look whether it arrived'))
  }

  #send(connection: Connection, message: Message, done: (error?: WildcastError) => void): void {
    const { clock } = this.#options
    const bytes = payloadSize(message.payload) + overheadBytes
    const refusal = this.#poison.refusal(message) ?? this.#overload(bytes)
    if (refusal) {
      done(refusal)
      return
    }
    const flight: InFlight = {
      message,
      at: connection,
      since: clock.now(),
      bytes,
      settle: (error) => {
        if (!this.#inFlight.delete(flight)) return
        this.#bytes -= bytes
        done(error)
      },
    }
    this.#inFlight.add(flight)
    this.#bytes += bytes
    this.#sweep()
    connection.publish(message).then(
      () => flight.settle(),
      (cause) => {
        const error = WildcastError.from(cause)
        // The connection is ending: that end settles all that is under way, in order.
        if (error.code !== 'broker_down') flight.settle(error)
      },
    )
  }

  #overload(bytes: number): WildcastError | undefined {
    if (this.#bytes + bytes <= inFlightBytes && this.#inFlight.size < inFlightMessages) return undefined
    return new WildcastError('rate_limited', 'the broker is slower than its publishers; wait for acknowledgements')
  }

  /** One timer for all, since they end in the order in which they began. */
  #sweep(): void {
    const [oldest] = this.#inFlight
    if (this.#sweeping || !oldest) return
    const { clock } = this.#options
    this.#sweeping = true
    clock.after(oldest.since + answerDeadlineMs - clock.now(), () => {
      this.#sweeping = false
      for (const { since, settle } of this.#inFlight) {
        if (clock.now() - since < answerDeadlineMs) break
        settle(new WildcastError('timeout', `the broker has not confirmed it within ${answerDeadlineMs} ms`))
      }
      this.#sweep()
    })
  }
}

function downError(): WildcastError {
  return new WildcastError('broker_down', 'the broker is not reached; publish again when it is back')
}
