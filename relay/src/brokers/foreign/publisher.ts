import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection } from './driver.js'
import type { ReconnectingLink } from './link.js'
import { type PoisonMessages, poisonMessages } from './poison-messages.js'
import { PublishBudget } from './publish-budget.js'
import { untilAborted } from './until-aborted.js'

export interface PublisherOptions {
  readonly link: ReconnectingLink<BrokerConnection>
  readonly clock: Clock
  /** How long publishes and requests wait for a link that is down. 0: they fail at once. */
  readonly publishTimeoutMs: number
}

/** After this time without a confirmation, the broker has lost the message, or dropped it. */
const answerDeadlineMs = 10_000

interface Outcome {
  /** Resolves or rejects the publish. Only the first call counts. */
  settle(error?: WildcastError): void
  /** Returns its share of the budget. */
  release(): void
}

interface InFlight extends Outcome {
  readonly message: BrokerMessage
  readonly at: BrokerConnection
  readonly since: number
}

/** Publishes over a link: each message once, in order, within limits of memory and time. */
export class Publisher {
  readonly #options: PublisherOptions
  /**
   * The messages that are not confirmed, in the order in which they were sent. A message whose
   * publish has timed out stays here, and in memory.
   */
  readonly #inFlight: Set<InFlight> = new Set()
  /** Those whose publishes are still pending. */
  readonly #awaited: Set<InFlight> = new Set()
  readonly #budget: PublishBudget = new PublishBudget()
  readonly #poison: PoisonMessages
  #sweeping = false

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#poison = poisonMessages(options.clock)
  }

  /**
   * @throws {WildcastError} `broker_down`, `interrupted`, `rate_limited`, `timeout`, or the refusal
   * of the broker
   */
  publish(message: BrokerMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const release = this.#budget.reserve(payloadSize(message.payload))
      const settle = (error?: WildcastError): void => (error ? reject(error) : resolve())
      const fail = (error: WildcastError): void => {
        release()
        reject(error)
      }
      this.#whenUp(
        this.#options.publishTimeoutMs,
        (connection) => this.#send(connection, message, { settle, release }),
        fail,
      )
    })
  }

  /**
   * Runs a write of `bytes` over a connection, in order with publishes and within their limits.
   * @throws {WildcastError} `broker_down`, `rate_limited`, or what `run` rejects with
   */
  write<Result>(bytes: number, run: (connection: BrokerConnection) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const release = this.#budget.reserve(bytes)
      this.#whenUp(
        this.#options.publishTimeoutMs,
        (connection) => resolve(run(connection).finally(release)),
        (error) => {
          release()
          reject(error)
        },
      )
    })
  }

  /**
   * Resolves with the connection for a request. Waits like a publish, up to the request's timeout.
   */
  connection({ timeoutMs, signal }: BrokerRequestOptions): Promise<BrokerConnection> {
    const waitMs = Math.min(timeoutMs, this.#options.publishTimeoutMs)
    return untilAborted(signal, (resolve, reject) => this.#whenUp(waitMs, resolve, reject))
  }

  /**
   * Rejects the publishes of a lost connection. They may have arrived, so they are not sent again.
   */
  lost(connection: BrokerConnection): void {
    const inFlight = [...this.#inFlight].filter(({ at }) => at === connection)
    if (inFlight[0]) this.#poison.suspect(inFlight[0].message)
    for (const flight of inFlight)
      this.#end(
        flight,
        new WildcastError('interrupted', 'the link to the broker broke on the way; check whether it arrived'),
      )
  }

  /**
   * Calls `run` with a connection, at once or within `waitMs`, or `fail` after that. Returns the
   * undo.
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
      outcome.release()
      outcome.settle(refusal)
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
        // The connection is ending: `lost` settles its publishes, in order.
        if (error.code !== 'broker_down') this.#end(flight, error)
      },
    )
  }

  #end(flight: InFlight, error?: WildcastError): void {
    this.#inFlight.delete(flight)
    this.#awaited.delete(flight)
    flight.release()
    flight.settle(error)
  }

  /** Uses one timer for all publishes, since they time out in the order in which they were sent. */
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
        flight.settle(new WildcastError('timeout', `the broker has not confirmed it within ${answerDeadlineMs} ms`))
      }
      this.#sweep()
    })
  }
}

function downError(): WildcastError {
  return new WildcastError('broker_down', 'the broker is not reachable; publish again when it is back')
}
