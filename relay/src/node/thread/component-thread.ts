import { type Message, WildcastError } from '@wildcast/protocol'
import type { OpenThread, Ran, Thread } from '../../components/thread.js'
import { Life, type LifeOptions } from './life.js'

/** Waits before a thread is started again are half of these and up to twice that: the first, doubled with every end, and the longest. */
const firstWaitMs = 100
const longestWaitMs = 10_000

/** A thread of Node's own for each component: a crash, an endless loop or a memory that fills hurts nobody else, and it starts again. */
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
  /** What messages are given to: there, or about to be. */
  #life: Promise<Life> | undefined
  /** The one whose end matters. */
  #current: Life | undefined
  #ends = 0
  /** Counts what makes a restart that is under way pointless. */
  #changes = 0
  #stopClock = (): void => {}

  constructor(options: Omit<LifeOptions, 'ended'>, onError: (error: WildcastError) => void) {
    this.#options = options
    this.#onError = onError
  }

  async open(): Promise<void> {
    this.#life = this.#begin()
    await this.#life
  }

  async run(message: Message): Promise<Ran> {
    for (;;) {
      const life = await this.#life
      if (!life) throw closedError()
      if (!(await life.lives())) continue // the next one takes it
      const ran = await life.run(message)
      this.#ends = 0
      return ran
    }
  }

  async reload(): Promise<void> {
    const old = this.#current
    const next = await this.#begin()
    this.#changes++
    this.#life = Promise.resolve(next)
    await old?.retire()
  }

  async close(): Promise<void> {
    this.#changes++
    this.#stopClock()
    this.#life = undefined
    this.#current?.close()
  }

  async #begin(): Promise<Life> {
    const life = await Life.begin({
      ...this.#options,
      ended: (life, why) => {
        if (life === this.#current) this.#restart(why)
      },
    })
    this.#current = life
    return life
  }

  #restart(why: string): void {
    this.#onError(new WildcastError('interrupted', `its thread ended and is started again: ${why}`))
    const life = this.#again(++this.#changes)
    life.catch(() => {}) // told to whoever waits for it
    this.#life = life
  }

  /** Goes on until a thread has begun: what comes meanwhile waits. */
  async #again(change: number): Promise<Life> {
    const { clock } = this.#options
    for (;;) {
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** this.#ends++)
      await new Promise<void>((resolve) => {
        this.#stopClock = clock.after(wait * (0.5 + 1.5 * clock.random()), resolve)
      })
      if (this.#changes !== change) throw closedError()
      try {
        return await this.#begin()
      } catch (cause) {
        this.#onError(WildcastError.from(cause))
      }
    }
  }
}

function closedError(): WildcastError {
  return new WildcastError('interrupted', 'its thread was closed')
}
