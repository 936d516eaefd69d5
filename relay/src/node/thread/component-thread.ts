import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { OpenThread, Ran, Thread } from '../../components/thread.js'
import { type BackOff, backOffMs } from '../../core/back-off.js'
import { RunningThread, type RunningThreadOptions } from './running-thread.js'

/** The wait before a thread is restarted, multiplied by a random factor from 0.5 to 2. */
const backOff: BackOff = { firstMs: 100, longestMs: 10_000 }

/**
 * Runs each component in a thread of Node: a crash, an endless loop or full memory affects nothing
 * else, and the thread restarts.
 */
export function componentThread(options: Omit<RunningThreadOptions, 'ended'>): OpenThread {
  return async (onError) => {
    const thread = new ComponentThread(options, onError)
    await thread.open()
    return thread
  }
}

class ComponentThread implements Thread {
  readonly #options: Omit<RunningThreadOptions, 'ended'>
  readonly #onError: (error: WildcastError) => void
  /**
   * All that have begun to load and not ended: one that was replaced lives until its last run has
   * ended.
   */
  readonly #threads: Set<RunningThread> = new Set()
  /** Takes the messages; undefined during a restart. */
  #current: RunningThread | undefined
  /** Runs that continue when there is another thread, or never will be. */
  readonly #waiting: (() => void)[] = []
  /** One at a time, so that the last one wins. */
  #reloads: Promise<unknown> = Promise.resolve()
  #ends = 0
  /** Why it has no thread. */
  #why = 'it is being loaded'
  #closed = false

  constructor(options: Omit<RunningThreadOptions, 'ended'>, onError: (error: WildcastError) => void) {
    this.#options = options
    this.#onError = onError
  }

  get down(): string | undefined {
    return this.#current ? undefined : this.#why
  }

  async open(): Promise<void> {
    this.#setCurrent(await this.#begin())
  }

  async run(message: BrokerMessage): Promise<Ran> {
    for (;;) {
      if (this.#closed) throw closedError()
      const thread = this.#current
      if (!thread) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      // If it was replaced meanwhile, the next one runs the message.
      else if ((await thread.isAlive()) && thread === this.#current) {
        const ran = await thread.run(message)
        this.#ends = 0
        return ran
      }
    }
  }

  async reload(): Promise<void> {
    const begun = this.#reloads.then(() => this.#begin())
    this.#reloads = begun.catch(() => {}) // reported to its own caller
    const next = await begun
    const old = this.#current
    this.#setCurrent(next)
    if (!old) return
    await old.retire()
    this.#threads.delete(old)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#current = undefined
    for (const thread of this.#threads) thread.close()
    this.#threads.clear()
    this.#wake()
  }

  /**
   * @throws {WildcastError} `internal` if its module can't be loaded; `interrupted` if it was
   * closed
   */
  async #begin(): Promise<RunningThread> {
    if (this.#closed) throw closedError()
    const thread = new RunningThread({ ...this.#options, ended: (thread, why) => this.#ended(thread, why) })
    this.#threads.add(thread)
    try {
      await thread.load()
      return thread
    } catch (cause) {
      this.#threads.delete(thread)
      throw cause
    }
  }

  #setCurrent(thread: RunningThread): void {
    this.#current = thread
    this.#wake()
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #ended(thread: RunningThread, why: string): void {
    this.#threads.delete(thread)
    if (thread !== this.#current) return
    this.#current = undefined
    this.#why = `its thread ended: ${why}`
    this.#onError(new WildcastError('interrupted', `its thread ended and is started again: ${why}`))
    void this.#restart()
  }

  /** Retries until a thread has started, here or by a reload. Messages wait meanwhile. */
  async #restart(): Promise<void> {
    const { clock } = this.#options
    for (;;) {
      const wait = backOffMs(backOff, this.#ends++)
      await new Promise<void>((resolve) => void clock.after(wait * (0.5 + 1.5 * clock.random()), resolve))
      if (this.#closed || this.#current) return
      try {
        const thread = await this.#begin()
        if (this.#current) this.#drop(thread)
        else this.#setCurrent(thread)
        return
      } catch (cause) {
        if (this.#closed) return
        const error = WildcastError.from(cause)
        this.#why = error.message
        this.#onError(error)
      }
    }
  }

  /** A reload was faster, and its module is newer. */
  #drop(thread: RunningThread): void {
    this.#threads.delete(thread)
    thread.close()
  }
}

function closedError(): WildcastError {
  return new WildcastError('interrupted', 'its thread was closed')
}
