import { Worker } from 'node:worker_threads'
import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Ran } from '../../components/thread.js'
import type { Clock } from '../../core/clock.js'
import { firstLine } from '../load-module.js'
import { type PlaceOfError, placeOfError } from '../place-of-error.js'
import { ModuleFault } from './module-fault.js'
import { where } from './where.js'
import type { FromThread, ThreadStart, ToThread } from './words.js'

export interface LifeOptions {
  readonly start: ThreadStart
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly clock: Clock
  /** It has ended by itself, before or after its module was loaded. */
  ended(life: Life, why: string): void
}

interface Run {
  resolve(ran: Ran): void
  reject(error: WildcastError): void
  stopClock(): void
}

interface Doubt {
  readonly lives: Promise<boolean>
  answer(lives: boolean): void
}

/** How long a thread may take to load its module. */
const loadMs = 30_000
/** A thread that does not answer for this long after a message has timed out hangs in a loop. */
const pongMs = 1000
/**
 * A thread with this many messages that have timed out and never ended is ended: they hold memory.
 */
const mostAbandoned = 100

/**
 * Tests run from `src`, which a thread of Node can't load: they use the build, without the flags of
 * the test runner.
 */
const fromSource = import.meta.url.endsWith('.ts')
const main = fromSource ? '../../../dist/node/thread/main.js' : './main.js'

/** One thread, from its start to its end. */
export class Life {
  readonly #options: LifeOptions
  readonly #worker: Worker
  readonly #runs: Map<number, Run> = new Map()
  #count = 0
  /** Set if it is to end when nothing runs: called then. */
  #idle: (() => void) | undefined
  /** Messages that have timed out and not ended since. */
  #abandoned = 0
  #over = false
  #why = 'it ended its own thread'
  /** The line on which it crashed. */
  #place: PlaceOfError | undefined
  /** A pending check of whether it still runs. */
  #doubt: Doubt | undefined
  #loaded: { resolve(): void; reject(error: WildcastError): void } | undefined

  constructor(options: LifeOptions) {
    this.#options = options
    this.#worker = new Worker(new URL(main, import.meta.url), {
      ...(fromSource && { execArgv: [] }),
      workerData: options.start,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
      name: `component ${options.start.id}`,
    })
    this.#worker.on('message', (words: FromThread | null | undefined) => {
      if (words) this.#hear(words) // a library in the thread may send messages of its own
    })
    // Any value can be thrown.
    this.#worker.on('error', (cause: NodeJS.ErrnoException | null | undefined) => {
      this.#why =
        cause?.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `it took more than ${options.memoryMb} MB of memory; look at "memory"`
          : `it crashed: ${where(cause)}${firstLine(cause)}`
      this.#place = placeOfError(cause)
    })
    this.#worker.once('exit', () => this.#end())
    this.#worker.unref()
  }

  /**
   * Resolves when the module is loaded.
   * @throws {WildcastError} `internal` if it can't be loaded, which ends the thread; `interrupted`
   * if it was closed
   */
  async load(): Promise<void> {
    const { clock } = this.#options
    const stopClock = clock.after(loadMs, () => this.#kill(`it was not loaded within ${loadMs / 1000} s`))
    try {
      await new Promise<void>((resolve, reject) => {
        this.#loaded = { resolve, reject }
      })
    } catch (cause) {
      this.close()
      throw cause
    } finally {
      this.#loaded = undefined
      stopClock()
    }
  }

  /** Whether it takes messages. The thread is checked only after one has timed out. */
  async lives(): Promise<boolean> {
    return this.#doubt ? this.#doubt.lives : !this.#over
  }

  run(message: BrokerMessage): Promise<Ran> {
    if (this.#over) return Promise.reject(interrupted(this.#why))
    const { clock, timeoutMs } = this.#options
    const run = ++this.#count
    return new Promise((resolve, reject) => {
      const stopClock = clock.after(timeoutMs, () => this.#abandon(run))
      this.#runs.set(run, { resolve, reject, stopClock })
      this.#say({ kind: 'run', run, message: alone(message) })
    })
  }

  /** Ends at once, and interrupts what runs. */
  close(): void {
    if (this.#over) return
    this.#over = true
    this.#loaded?.reject(new WildcastError('interrupted', 'its thread was closed'))
    void this.#worker.terminate()
    this.#failAll()
    this.#doubt?.answer(false)
  }

  /** Ends when nothing runs. */
  retire(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle = () => {
        this.close()
        resolve()
      }
      if (this.#runs.size === 0) this.#idle()
    })
  }

  #say(words: ToThread): void {
    this.#worker.postMessage(words)
  }

  #hear(words: FromThread): void {
    switch (words.kind) {
      case 'ready':
        this.#loaded?.resolve()
        return
      case 'useless':
        this.#loaded?.reject(new ModuleFault(this.#options.start.source, words.why, words.place))
        return
      case 'pong':
        this.#doubt?.answer(true)
        return
      case 'done':
        this.#done(words.run, { outputs: words.outputs })
        return
      case 'failed':
        this.#done(words.run, {
          outputs: words.outputs,
          error: new WildcastError('internal', words.error.message),
        })
    }
  }

  #done(run: number, ran: Ran): void {
    const found = this.#take(run)
    if (found) found.resolve(ran)
    else this.#abandoned-- // it has ended late
  }

  #take(run: number): Run | undefined {
    const found = this.#runs.get(run)
    this.#runs.delete(run)
    found?.stopClock()
    if (this.#runs.size === 0) this.#idle?.()
    return found
  }

  /** A message has timed out. A ping shows whether only that one hangs, or the whole thread. */
  #abandon(run: number): void {
    const { timeoutMs } = this.#options
    this.#take(run)?.reject(
      new WildcastError('timeout', `a message took longer than ${timeoutMs} ms; look at "timeout"`),
    )
    this.#say({ kind: 'abort', run })
    this.#doubt ??= this.#ask()
    if (++this.#abandoned >= mostAbandoned) this.#kill(`${mostAbandoned} messages never ended`)
  }

  #ask(): Doubt {
    const stopClock = this.#options.clock.after(pongMs, () => this.#kill('it hung in a loop'))
    let settle: (lives: boolean) => void = () => {}
    const lives = new Promise<boolean>((resolve) => {
      settle = resolve
    })
    this.#say({ kind: 'ping' })
    return {
      lives,
      answer: (is) => {
        stopClock()
        this.#doubt = undefined
        settle(is)
      },
    }
  }

  #kill(why: string): void {
    this.#why = why
    void this.#worker.terminate()
  }

  #end(): void {
    this.#loaded?.reject(new ModuleFault(this.#options.start.source, this.#why, this.#place))
    if (this.#over) return
    this.#over = true
    this.#failAll()
    this.#options.ended(this, this.#why)
    this.#doubt?.answer(false)
  }

  #failAll(): void {
    for (const run of [...this.#runs.keys()]) this.#take(run)?.reject(interrupted(this.#why))
  }
}

/** Copies bytes that share a buffer: the thread would get the whole buffer. */
function alone(message: BrokerMessage): BrokerMessage {
  const { payload } = message
  if (typeof payload === 'string' || payload.byteLength === payload.buffer.byteLength) return message
  return { ...message, payload: payload.slice() }
}

function interrupted(why: string): WildcastError {
  return new WildcastError('interrupted', `its thread ended while it ran a message: ${why}`)
}
