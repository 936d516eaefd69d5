import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection } from './driver.js'
import type { ReconnectingLink } from './link.js'
import { poison } from './poison.js'
import { Room } from './room.js'
import { untilGone } from './until-gone.js'

export interface PublisherOptions {
  readonly link: ReconnectingLink<BrokerConnection>
  readonly clock: Clock
  /** How long a publish waits for a link that is down. 0: it fails at once. */
  readonly publishTimeoutMs: number
}

/**
 * A broker that has not answered for so long has lost it, or discards without a word what it does
 * not like.
 */
const answerDeadlineMs = 10_000

/** What becomes of a publish. */
interface Outcome {
  /** Tells its publisher; only the first word counts. */
  tell(error?: WildcastError): void
  /** Gives back the room that it took. */
  leave(): void
}

interface InFlight extends Outcome {
  readonly message: BrokerMessage
  readonly at: BrokerConnection
  readonly since: number
}

/** Publishes over a link: once each, in order, bounded, and with an end for every one of them. */
export class Publisher {
  readonly #options: PublisherOptions
  /**
   * What a connection has not settled, in the order in which it was sent: until then the process
   * holds it, also when its publisher was told that its time is over.
   */
  readonly #inFlight: Set<InFlight> = new Set()
  /** Those of them whose publishers wait. */
  readonly #awaited: Set<InFlight> = new Set()
  readonly #room: Room = new Room()
  readonly #poison: ReturnType<typeof poison>
  #sweeping = false

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#poison = poison(options.clock)
  }

  /**
   * @throws {WildcastError} `broker_down`, `interrupted`, `rate_limited`, `timeout`, and whatever
   * the broker refuses it with
   */
  publish(message: BrokerMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = this.#room.take(payloadSize(message.payload))
      const tell = (error?: WildcastError): void => (error ? reject(error) : resolve())
      const fail = (error: WildcastError): void => {
        leave()
        reject(error)
      }
      this.#whenUp(
        this.#options.publishTimeoutMs,
        (connection) => this.#send(connection, message, { tell, leave }),
        fail,
      )
    })
  }

  /**
   * The connection for a request: waited for as by a publish, though no longer than for its answer.
   */
  connection({ timeoutMs, signal }: BrokerRequestOptions): Promise<BrokerConnection> {
    const waitMs = Math.min(timeoutMs, this.#options.publishTimeoutMs)
    return untilGone(signal, (resolve, reject) => this.#whenUp(waitMs, resolve, reject))
  }

  /**
   * A connection has ended: nobody knows whether what was under way arrived, so it is not sent
   * again.
   */
  lost(connection: BrokerConnection): void {
    const underWay = [...this.#inFlight].filter(({ at }) => at === connection)
    if (underWay[0]) this.#poison.suspect(underWay[0].message)
    for (const flight of underWay)
      this.#end(
        flight,
        new WildcastError('interrupted', 'the link to the broker broke on the way; look whether it arrived'),
      )
  }

  /**
   * Runs with a connection: at once, or within the time that may be waited. Returns the undo, for
   * who waits no longer.
   */
  #whenUp(
    waitMs: number,
    run: (connection: BrokerConnection) => void,
    fail: (error: WildcastError) => void,
  ): () => void {
    const { link, clock } = this.#options
    if (link.connection) {
      run(link.connection)
      return () => {}
    }
    if (waitMs === 0) {
      fail(downError())
      return () => {}
    }
    const stop = (): void => {
      stopClock()
      stopWaiting()
    }
    const stopClock = clock.after(waitMs, () => {
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
    return stop
  }

  #send(at: BrokerConnection, message: BrokerMessage, outcome: Outcome): void {
    const refusal = this.#poison.refusal(message)
    if (refusal) {
      outcome.leave()
      outcome.tell(refusal)
      return
    }
    const flight: InFlight = { message, at, since: this.#options.clock.now(), ...outcome }
    this.#inFlight.add(flight)
    this.#awaited.add(flight)
    this.#sweep()
    at.publish(message).then(
      () => {
        this.#poison.clear(message)
        this.#end(flight)
      },
      (cause) => {
        const error = WildcastError.from(cause)
        // The connection is ending: that end settles all that is under way, in order.
        if (error.code !== 'broker_down') this.#end(flight, error)
      },
    )
  }

  #end(flight: InFlight, error?: WildcastError): void {
    this.#inFlight.delete(flight)
    this.#awaited.delete(flight)
    flight.leave()
    flight.tell(error)
  }

  /** One timer for all, since they end in the order in which they began. */
  #sweep(): void {
    const [oldest] = this.#awaited
    if (this.#sweeping || !oldest) return
    const { clock } = this.#options
    this.#sweeping = true
    clock.after(oldest.since + answerDeadlineMs - clock.now(), () => {
      this.#sweeping = false
      for (const flight of this.#awaited) {
        if (clock.now() - flight.since < answerDeadlineMs) break
        this.#awaited.delete(flight)
        flight.tell(new WildcastError('timeout', `the broker has not confirmed it within ${answerDeadlineMs} ms`))
      }
      this.#sweep()
    })
  }
}

function downError(): WildcastError {
  return new WildcastError('broker_down', 'the broker is not reached; publish again when it is back')
}
