import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { OpenThread, Ran, Thread } from '../../components/thread.js'
import { Life, type LifeOptions } from './life.js'

/**
 * The wait before a restart: the first one, which doubles with every end, and the longest. Each is
 * multiplied by a random factor from 0.5 to 2.
 */
const firstWaitMs = 100
const longestWaitMs = 10_000

/**
 * Runs each component in a thread of Node: a crash, an endless loop or full memory affects nothing
 * else, and the thread restarts.
 */
export function componentThread(options: Omit<LifeOptions, 'ended'>): OpenThread {
  return async (onError) => {
    const thread = new ComponentThread(options, onError)
    await thread.open()
    return thread
  }
}

class ComponentThread implements Thread {
  readonly #options: Omit<LifeOptions, 'ended'>
  readonly #onError: (error: WildcastError) => void
  /**
   * All that have begun to load and not ended: one that was replaced lives until its last run has
   * ended.
   */
  readonly #lives: Set<Life> = new Set()
  /** Takes the messages; undefined during a restart. */
  #current: Life | undefined
  /** Runs that continue when there is another thread, or never will be. */
  readonly #waiting: (() => void)[] = []
  /** One at a time, so that the last one wins. */
  #reloads: Promise<unknown> = Promise.resolve()
  #ends = 0
  /** Why it has no thread. */
  #why = 'it is being loaded'
  #closed = false

  constructor(options: Omit<LifeOptions, 'ended'>, onError: (error: WildcastError) => void) {
    this.#options = options
    this.#onError = onError
  }

  get down(): string | undefined {
    return this.#current ? undefined : this.#why
  }

  async open(): Promise<void> {
    this.#use(await this.#begin())
  }

  async run(message: BrokerMessage): Promise<Ran> {
    for (;;) {
      if (this.#closed) throw closedError()
      const life = this.#current
      if (!life) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      // If it was replaced meanwhile, the next one runs the message.
      else if ((await life.lives()) && life === this.#current) {
        const ran = await life.run(message)
        this.#ends = 0
        return ran
      }
    }
  }

  async reload(): Promise<void> {
    const begun = this.#reloads.then(() => this.#begin())
    this.#reloads = begun.catch(() => {})
    const next = await begun
    const old = this.#current
    this.#use(next)
    if (!old) return
    await old.retire()
    this.#lives.delete(old)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#current = undefined
    for (const life of this.#lives) life.close()
    this.#lives.clear()
    this.#wake()
  }

  /**
   * @throws {WildcastError} `internal` if its module can't be loaded; `interrupted` if it was
   * closed
   */
  async #begin(): Promise<Life> {
    if (this.#closed) throw closedError()
    const life = new Life({ ...this.#options, ended: (life, why) => this.#ended(life, why) })
    this.#lives.add(life)
    try {
      await life.load()
      return life
    } catch (cause) {
      this.#lives.delete(life)
      throw cause
    }
  }

  #use(life: Life): void {
    this.#current = life
    this.#wake()
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }

  #ended(life: Life, why: string): void {
    this.#lives.delete(life)
    if (life !== this.#current) return
    this.#current = undefined
    this.#why = `its thread ended: ${why}`
    this.#onError(new WildcastError('interrupted', `its thread ended and is started again: ${why}`))
    void this.#restart()
  }

  /** Retries until a thread has started, here or by a reload. Messages wait meanwhile. */
  async #restart(): Promise<void> {
    const { clock } = this.#options
    for (;;) {
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** this.#ends++)
      await new Promise<void>((resolve) => void clock.after(wait * (0.5 + 1.5 * clock.random()), resolve))
      if (this.#closed || this.#current) return
      try {
        const life = await this.#begin()
        if (this.#current) this.#drop(life)
        else this.#use(life)
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
  #drop(life: Life): void {
    this.#lives.delete(life)
    life.close()
  }
}

function closedError(): WildcastError {
  return new WildcastError('interrupted', 'its thread was closed')
}
