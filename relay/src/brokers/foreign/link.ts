import { WildcastError } from '@wildcast/protocol'
import { type BackOff, backOffMs } from '../../core/back-off.js'
import type { Clock } from '../../core/clock.js'

/** The part of a `BrokerConnection` that a link uses. */
interface LinkedConnection {
  ping?(): Promise<void>
  close(): Promise<void>
}

export interface LinkOptions<Connection extends LinkedConnection> {
  /** Opens a connection, which calls `lost` when it ends by itself. */
  connect(lost: (cause: unknown) => void): Promise<Connection>
  /** Subscribes everything again. The link is up when it resolves. */
  restore(connection: Connection): Promise<void>
  /** A connection has ended, restored or not: its pending calls fail. */
  ended(connection: Connection): void
  /** Called at each change, and when the cause of being down changes. */
  status(now: 'up' | 'down', cause?: WildcastError): void
  readonly clock: Clock
  /**
   * How often the connection is pinged. If the last ping has no answer at the next, it is closed.
   */
  readonly pingIntervalMs: number
}

/** The longest wait is short enough to be connected again within 5 s of a broker's return. */
const backOff: BackOff = { firstMs: 100, longestMs: 2000 }

interface Waiter<Connection> {
  run(connection: Connection): void
  fail(error: WildcastError): void
}

/** Keeps a connection to a broker open: reconnects forever, with back-off and jitter. */
export class ReconnectingLink<Connection extends LinkedConnection> {
  readonly #options: LinkOptions<Connection>
  readonly #waiting: Set<Waiter<Connection>> = new Set()
  #connection: Connection | undefined
  #tries = 0
  #closed = false
  #reportedCause: string | undefined
  #interrupt: (cause: WildcastError) => void = () => {}
  #ended: Promise<void> = Promise.resolve()

  constructor(options: LinkOptions<Connection>) {
    this.#options = options
  }

  /** The connection, while the link is up. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Starts to connect. Resolves when the first try has succeeded or failed. */
  open(): Promise<void> {
    return new Promise((tried) => {
      this.#ended = this.#run(tried)
    })
  }

  /**
   * Calls `run` with the connection at once, or inside the next `up` if the link is down or its
   * connection is the one that the caller has found `failing`. Returns the undo.
   */
  whenUp(
    run: (connection: Connection) => void,
    fail: (error: WildcastError) => void,
    failing?: Connection,
  ): () => void {
    if (this.#closed) fail(closedError())
    else if (this.#connection && this.#connection !== failing) run(this.#connection)
    else {
      const waiter = { run, fail }
      this.#waiting.add(waiter)
      return () => this.#waiting.delete(waiter)
    }
    return () => {}
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#interrupt(closedError())
    for (const { fail } of this.#waiting) fail(closedError())
    this.#waiting.clear()
    await this.#ended
  }

  async #run(tried: () => void): Promise<void> {
    while (!this.#closed) {
      const cause = await this.#connectOnce(tried)
      if (this.#closed) break
      this.#reportDown(WildcastError.from(cause, 'broker_down'))
      tried()
      await this.#pause()
    }
    tried()
  }

  /** Opens one connection. Resolves with the cause when it has ended or failed. */
  async #connectOnce(up: () => void): Promise<unknown> {
    const { clock, connect, restore } = this.#options
    let end: (cause: unknown) => void = () => {}
    const ended = new Promise<unknown>((resolve) => {
      end = resolve
    })
    const closed = new Promise<unknown>((resolve) => {
      this.#interrupt = (cause) => {
        resolve(cause)
        end(cause)
      }
    })
    const opening = connect(end)
    const unopened = await failureOf(opening, closed)
    if (unopened) {
      // `close` does not wait for a server that may never answer.
      void opening.then(
        (late) => late.close(),
        () => {}, // it is given up: `unopened` is reported instead
      )
      return unopened.cause
    }
    const connection = await opening
    const stopPings = this.#ping(connection, end)
    const unrestored = await failureOf(restore(connection), ended)
    let cause = unrestored?.cause
    if (!unrestored) {
      const since = clock.now()
      this.#becomeUp(connection)
      up()
      cause = await ended
      // Keeps the back-off for a broker that closes each connection soon.
      if (clock.now() - since > backOff.longestMs) this.#tries = 0
    }
    stopPings()
    await this.#leave(connection)
    return cause
  }

  #becomeUp(connection: Connection): void {
    this.#reportedCause = undefined
    this.#connection = connection
    this.#options.status('up')
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const { run } of waiting) run(connection)
  }

  async #leave(connection: Connection): Promise<void> {
    this.#connection = undefined
    const closed = connection.close()
    // A lost connection may be half-open and close slowly: the next one does not wait for it.
    if (this.#closed) await closed
    this.#options.ended(connection)
  }

  #reportDown(cause: WildcastError): void {
    if (this.#reportedCause === cause.message) return
    this.#reportedCause = cause.message
    this.#options.status('down', cause)
  }

  #pause(): Promise<void> {
    const { clock } = this.#options
    const longest = backOffMs(backOff, this.#tries++)
    return new Promise((resolve) => {
      const stop = clock.after(longest * (0.5 + clock.random() / 2), resolve)
      this.#interrupt = () => {
        stop()
        resolve()
      }
    })
  }

  /** Returns the undo. */
  #ping(connection: Connection, end: (cause: unknown) => void): () => void {
    const { clock, pingIntervalMs } = this.#options
    if (!connection.ping) return () => {}
    let isUnanswered = false
    let stop = (): void => {}
    const next = (): void => {
      stop = clock.after(pingIntervalMs, () => {
        if (isUnanswered) {
          end(new WildcastError('broker_down', `no sign of life for ${2 * pingIntervalMs} ms; trying to connect again`))
          return
        }
        isUnanswered = true
        connection.ping?.().then(() => {
          isUnanswered = false
        }, end)
        next()
      })
    }
    next()
    return () => stop()
  }
}

/** Returns undefined when the work is done, or the cause if it failed or `ended` came first. */
function failureOf(work: Promise<unknown>, ended: Promise<unknown>): Promise<{ readonly cause: unknown } | undefined> {
  const failed = work.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  )
  return Promise.race([failed, ended.then((cause) => ({ cause }))])
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the broker was closed')
}
