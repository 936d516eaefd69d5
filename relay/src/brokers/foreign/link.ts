import { WildcastError } from '@wildcast/protocol'
import { type BackOff, backOffMs } from '../../core/back-off.js'
import type { Clock } from '../../core/clock.js'

/** What a link keeps: see `Connection` in `driver.ts`. */
interface Linked {
  ping?(): Promise<void>
  close(): Promise<void>
}

export interface LinkOptions<Connection extends Linked> {
  /** Opens a connection; `lost` is to be called when it ends by itself. */
  connect(lost: (cause: unknown) => void): Promise<Connection>
  /** Subscribes everything again; the link is up when it resolves. */
  restore(connection: Connection): Promise<void>
  /** A connection that was restored, or about to be, is over: what waits for it fails. */
  ended(connection: Connection): void
  /** Told at every change, and when the reason for being down is another one. */
  status(now: 'up' | 'down', cause?: WildcastError): void
  readonly clock: Clock
  /**
   * How often a connection is asked for a sign of life; it is given up when it owes one as the next
   * is due.
   */
  readonly pingIntervalMs: number
}

/** The longest wait is short enough to be connected again within 5 s of a broker's return. */
const backOff: BackOff = { firstMs: 100, longestMs: 2000 }

interface Waiter<Connection> {
  run(connection: Connection): void
  fail(error: WildcastError): void
}

/**
 * Keeps a connection to a broker: opens one, opens another when it is lost, for ever, with jitter.
 */
export class ReconnectingLink<Connection extends Linked> {
  readonly #options: LinkOptions<Connection>
  readonly #waiting: Set<Waiter<Connection>> = new Set()
  #connection: Connection | undefined
  #tries = 0
  #closed = false
  #downBecause: string | undefined
  #interrupt: (cause: WildcastError) => void = () => {}
  #ended: Promise<void> = Promise.resolve()

  constructor(options: LinkOptions<Connection>) {
    this.#options = options
  }

  /** The connection, while the link is up. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Begins. Resolves when the first try has ended, well or not. */
  open(): Promise<void> {
    return new Promise((tried) => {
      this.#ended = this.#keep(tried)
    })
  }

  /**
   * Runs with the connection: at once, or inside the next `up`, also where the present one is known
   * to be `failing`. Returns the undo, for who waits no longer.
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

  async #keep(tried: () => void): Promise<void> {
    while (!this.#closed) {
      const cause = await this.#live(tried)
      if (this.#closed) break
      this.#tellDown(WildcastError.from(cause, 'broker_down'))
      tried()
      await this.#pause()
    }
    tried()
  }

  /** Opens one connection and stays with it until it ends. Resolves with the reason. */
  async #live(up: () => void): Promise<unknown> {
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
    const unopened = await doneBefore(closed, opening)
    if (unopened) {
      // Whoever closes the link need not wait for a server that may never answer.
      void opening.then(
        (late) => late.close(),
        () => {},
      )
      return unopened.cause
    }
    const connection = await opening
    const stopPings = this.#ping(connection, end)
    const unrestored = await doneBefore(ended, restore(connection))
    let cause = unrestored?.cause
    if (!unrestored) {
      const since = clock.now()
      this.#becomeUp(connection)
      up()
      cause = await ended
      // A broker that hangs up as soon as it is back is not asked again and again at once.
      if (clock.now() - since > backOff.longestMs) this.#tries = 0
    }
    stopPings()
    await this.#leave(connection)
    return cause
  }

  #becomeUp(connection: Connection): void {
    this.#downBecause = undefined
    this.#connection = connection
    this.#options.status('up')
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const { run } of waiting) run(connection)
  }

  async #leave(connection: Connection): Promise<void> {
    this.#connection = undefined
    const closed = connection.close()
    // Only an end in good order is waited for: a half-open connection takes its time to close, and
    // the next one is due.
    if (this.#closed) await closed
    this.#options.ended(connection)
  }

  #tellDown(cause: WildcastError): void {
    if (this.#downBecause === cause.message) return
    this.#downBecause = cause.message
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
    let owed = false
    let stop = (): void => {}
    const next = (): void => {
      stop = clock.after(pingIntervalMs, () => {
        if (owed) {
          end(new WildcastError('broker_down', `no sign of life for ${2 * pingIntervalMs} ms; trying to connect again`))
          return
        }
        owed = true
        connection.ping?.().then(() => {
          owed = false
        }, end)
        next()
      })
    }
    next()
    return () => stop()
  }
}

/** Undefined once the work is done; before that, why it failed, or was ended. */
function doneBefore(ended: Promise<unknown>, work: Promise<unknown>): Promise<{ readonly cause: unknown } | undefined> {
  const failed = work.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  )
  return Promise.race([failed, ended.then((cause) => ({ cause }))])
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the broker was closed')
}
