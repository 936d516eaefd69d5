import { type BrokerMessage, refusal, WildcastError } from '@wildcast/protocol'
import type { Listener } from '../broker.js'
import type { CancelSignal } from '../cancel.js'
import type { Clock } from '../clock.js'
import type { Soon, StoredValue, Written } from '../store.js'
import { type Condition, JudgedValue } from './condition.js'

/** A write that waits for its condition. */
export interface WaitingWrite {
  readonly condition: Condition
  /** Whether its client has a connection. If not, it is passed over, and keeps its place. */
  isHere(): boolean
  /** Writes if the value still has the revision that the condition was judged by. */
  write(ifRevision: string | null): Soon<Written>
  /**
   * With a key: returns the outcome of an earlier write with it, or `refused`. That may have been
   * done at a relay that is gone: its own value would bar this one.
   */
  readonly repeat?: (() => Soon<Written>) | undefined
}

/** How long a write waits. */
export interface WaitOptions {
  readonly signal?: CancelSignal | undefined
  /** @default no limit */
  readonly timeoutMs?: number | undefined
}

export interface WaitingLinePorts {
  readonly clock: Clock
  /** Reads the value of the subject. */
  read(): Soon<StoredValue | undefined>
  /** Subscribes to its changes. See `Hub.listen`. */
  listen(listener: Listener): Promise<() => Promise<void>>
  /** See `Hub.whenBack`. */
  whenBack(run: () => void): () => void
  /** No write waits any longer: the line is over. */
  ended(): void
}

interface Waiting extends Omit<WaitingWrite, 'repeat'> {
  /** Undefined once it was called. */
  repeat: WaitingWrite['repeat']
  isWriting: boolean
  /** Its time is over, but the write that runs may succeed. */
  isLate: boolean
  resolve(revision: string | undefined): void
  reject(cause: unknown): void
}

/** The most conditions that are tested in one turn of the event loop. */
const testsInTurn = 1000

/** After this many refusals by the store in a row, the line waits for a change. */
const mostRefusals = 10

/** How soon the line tries again if the store fails or refuses, in milliseconds. */
const retryMs = 1000

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

/**
 * The writes that wait for the value of one subject. Of those whose condition holds, the one that
 * waits longest is written first, one at a time. Changes of the value wake the line.
 */
export class WaitingLine {
  readonly #ports: WaitingLinePorts
  readonly #waiting: Set<Waiting> = new Set()
  /** The newest change that is known. Undefined: the value must be read. */
  #known: JudgedValue | undefined
  #isWoken = false
  #isRunning = false
  #isListening = false
  #refusals = 0
  #stopListening: (() => Promise<void>) | undefined
  #stopRetry: (() => void) | undefined
  readonly #stopWatching: () => void

  constructor(ports: WaitingLinePorts) {
    this.#ports = ports
    this.#stopWatching = ports.whenBack(() => {
      this.#known = undefined
      this.wake()
    })
  }

  /** The number of writes that wait. */
  get size(): number {
    return this.#waiting.size
  }

  /**
   * Resolves with the revision when the value is written.
   * @throws {WildcastError} by rejection: `timeout`, the reason of `signal`, or as a write
   */
  wait(write: WaitingWrite, { signal, timeoutMs }: WaitOptions): Promise<string | undefined> {
    const { clock } = this.#ports
    return new Promise<string | undefined>((resolve, reject) => {
      const waiting: Waiting = {
        condition: write.condition,
        isHere: () => write.isHere(),
        write: (ifRevision) => write.write(ifRevision),
        repeat: write.repeat,
        isWriting: false,
        isLate: false,
        resolve,
        reject,
      }
      const cancel = (): void => this.#fail(waiting, signal?.reason)
      const stopTimer =
        timeoutMs === undefined
          ? undefined
          : clock.after(Math.min(timeoutMs, longestTimerMs), () => this.#expire(waiting, timeoutMs))
      waiting.reject = (cause) => reject(settle(cause))
      waiting.resolve = (revision) => resolve(settle(revision))
      function settle<Outcome>(outcome: Outcome): Outcome {
        stopTimer?.()
        signal?.removeEventListener('abort', cancel)
        return outcome
      }
      signal?.addEventListener('abort', cancel)
      this.#waiting.add(waiting)
      this.wake()
    })
  }

  /** Tests the conditions again. */
  wake(): void {
    this.#isWoken = true
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    await undefined // a store is not written from inside a delivery
    try {
      while (this.#isWoken && this.#waiting.size > 0) {
        this.#isWoken = false
        await this.#test()
        if (!this.#isListening && this.#waiting.size > 0) await this.#listen()
      }
    } catch (cause) {
      this.#retryAfter(WildcastError.from(cause))
    }
    this.#isRunning = false
    this.#endIfEmpty()
  }

  /** Writes the first whose condition holds, if any. */
  async #test(): Promise<void> {
    let tested = 0
    for (const waiting of this.#waiting) {
      if (++tested % testsInTurn === 0) await new Promise<void>((resolve) => this.#ports.clock.endOfTurn(resolve))
      if (!waiting.isHere()) continue
      if (await this.#wasDone(waiting)) continue
      const ifRevision = this.#revisionAtStart(waiting) ?? (await this.#revisionIfMet(waiting))
      // It may have left while the value was read.
      if (ifRevision === undefined || !this.#waiting.has(waiting)) continue
      await this.#write(waiting, ifRevision.revision)
      // The value has changed, so that the condition of an earlier one may hold.
      this.#isWoken = true
      return
    }
  }

  /** Whether an earlier write with the same key has done it. */
  async #wasDone(waiting: Waiting): Promise<boolean> {
    if (!waiting.repeat) return false
    const earlier = await waiting.repeat()
    waiting.repeat = undefined
    if (earlier.kind === 'refused') return false
    if (this.#waiting.has(waiting)) this.#granted(waiting, earlier)
    return true
  }

  /** The first write of a line need not read the value: usually a lock is free. */
  #revisionAtStart({ condition }: Waiting): { readonly revision: string | null } | undefined {
    const isStart = !this.#known && !this.#isListening
    return isStart && condition.kind === 'absent' && this.#refusals === 0 ? { revision: null } : undefined
  }

  async #revisionIfMet({ condition }: Waiting): Promise<{ readonly revision: string | null } | undefined> {
    // A change may be delivered while the value is read. If that is older than the value, another
    // one follows.
    if (!this.#known) {
      const read = new JudgedValue(await this.#ports.read())
      this.#known ??= read
    }
    const known = this.#known
    return known.meets(condition) ? { revision: known.revision ?? null } : undefined
  }

  async #write(waiting: Waiting, ifRevision: string | null): Promise<void> {
    waiting.isWriting = true
    try {
      const written = await waiting.write(ifRevision)
      if (written.kind !== 'refused') this.#granted(waiting, written)
      else this.#known = undefined // another write came first
      this.#refusals = written.kind === 'refused' ? this.#refusals + 1 : 0
    } catch (cause) {
      if (WildcastError.from(cause).code === 'broker_down') throw cause
      this.#fail(waiting, cause)
    } finally {
      waiting.isWriting = false
      if (waiting.isLate) this.#fail(waiting, lateError())
    }
    if (this.#refusals >= mostRefusals) {
      this.#refusals = 1
      throw new WildcastError('interrupted', 'the store refuses what it should take')
    }
  }

  #granted(waiting: Waiting, written: Written & { kind: 'written' | 'unchanged' }): void {
    this.#waiting.delete(waiting)
    waiting.resolve(written.kind === 'written' ? written.revision : undefined)
  }

  async #listen(): Promise<void> {
    try {
      this.#stopListening = await this.#ports.listen({
        deliver: (change) => this.#changed(change),
        ended: (error) => this.#failAll(error),
      })
      this.#isListening = true
      // A change may have come before.
      this.#known = undefined
      this.#isWoken = true
    } catch (cause) {
      this.#failAll(cause)
    }
  }

  #changed({ revision, payload, deleted }: BrokerMessage): void {
    if (revision === undefined) return
    this.#known = new JudgedValue(deleted ? undefined : { revision, payload })
    this.wake()
  }

  #retryAfter(error: WildcastError): void {
    this.#known = undefined
    if (error.code !== 'broker_down' && error.code !== 'interrupted') this.#failAll(error)
    this.#stopRetry?.()
    this.#stopRetry = this.#ports.clock.after(retryMs, () => this.wake())
  }

  #expire(waiting: Waiting, timeoutMs: number): void {
    if (waiting.isWriting) waiting.isLate = true
    else this.#fail(waiting, lateError(timeoutMs))
  }

  #failAll(cause: unknown): void {
    for (const waiting of [...this.#waiting]) this.#fail(waiting, cause)
  }

  #fail(waiting: Waiting, cause: unknown): void {
    if (!this.#waiting.delete(waiting)) return
    waiting.reject(cause)
    if (!this.#isRunning) this.#endIfEmpty()
  }

  #endIfEmpty(): void {
    if (this.#waiting.size > 0) return
    this.#isRunning = true // it never runs again
    this.#stopRetry?.()
    this.#stopWatching()
    this.#stopListening?.().catch(() => {}) // the broker is closed, or gone
    this.#ports.ended()
  }
}

function lateError(timeoutMs?: number): WildcastError {
  const within = timeoutMs === undefined ? 'in time' : `within ${timeoutMs} ms`
  return refusal('timeout', `the condition did not hold ${within}; wait longer, or try again`)
}
