import { Worker } from 'node:worker_threads'
import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Ran } from '../../components/thread.js'
import type { Clock } from '../../core/clock.js'
import { firstLine } from '../load-module.js'
import type { Modules } from '../modules.js'
import { type PlaceOfError, placeOfError } from '../place-of-error.js'
import { errorPrefix } from './error-prefix.js'
import { ModuleFault } from './module-fault.js'
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js'

export interface RunningThreadOptions {
  readonly start: ThreadStart
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly clock: Clock
  /** Opens the loader of its modules. @default it loads them by Node */
  readonly openLoader?: Modules['openLoader'] | undefined
  /** It has ended by itself, before or after its module was loaded. */
  ended(thread: RunningThread, why: string): void
}

interface Run {
  resolve(ran: Ran): void
  reject(error: WildcastError): void
  stopClock(): void
}

interface LivenessCheck {
  readonly isAlive: Promise<boolean>
  answer(isAlive: boolean): void
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
export class RunningThread {
  readonly #options: RunningThreadOptions
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
  #livenessCheck: LivenessCheck | undefined
  #loaded: { resolve(): void; reject(error: WildcastError): void } | undefined

  constructor(options: RunningThreadOptions) {
    this.#options = options
    const loader = options.openLoader?.()
    this.#worker = new Worker(new URL(main, import.meta.url), {
      ...(fromSource && { execArgv: [] }),
      workerData: { ...options.start, loader },
      transferList: loader ? [loader.port] : [],
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb },
      name: `component ${options.start.id}`,
    })
    this.#worker.on('message', (message: FromThread | null | undefined) => {
      if (message) this.#receive(message) // a library in the thread may send messages of its own
    })
    // Any value can be thrown.
    this.#worker.on('error', (cause: NodeJS.ErrnoException | null | undefined) => {
      this.#why =
        cause?.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `it took more than ${options.memoryMb} MB of memory; look at "memory"`
          : `it crashed: ${errorPrefix(cause)}${firstLine(cause)}`
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
  async isAlive(): Promise<boolean> {
    return this.#livenessCheck ? this.#livenessCheck.isAlive : !this.#over
  }

  run(message: BrokerMessage): Promise<Ran> {
    if (this.#over) return Promise.reject(interrupted(this.#why))
    const { clock, timeoutMs } = this.#options
    const run = ++this.#count
    return new Promise((resolve, reject) => {
      const stopClock = clock.after(timeoutMs, () => this.#abandon(run))
      this.#runs.set(run, { resolve, reject, stopClock })
      this.#send({ kind: 'run', run, message: withOwnBuffer(message) })
    })
  }

  /** Ends at once, and interrupts what runs. */
  close(): void {
    if (this.#over) return
    this.#over = true
    this.#loaded?.reject(new WildcastError('interrupted', 'its thread was closed'))
    void this.#worker.terminate()
    this.#failAll()
    this.#livenessCheck?.answer(false)
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

  #send(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        this.#loaded?.resolve()
        return
      case 'load-failed':
        this.#loaded?.reject(new ModuleFault(this.#options.start.source, message.why, message.place))
        return
      case 'pong':
        this.#livenessCheck?.answer(true)
        return
      case 'done':
        this.#done(message.run, { outputs: message.outputs })
        return
      case 'failed':
        this.#done(message.run, {
          outputs: message.outputs,
          error: new WildcastError('internal', message.error.message),
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
    this.#send({ kind: 'abort', run })
    this.#livenessCheck ??= this.#checkLiveness()
    if (++this.#abandoned >= mostAbandoned) this.#kill(`${mostAbandoned} messages never ended`)
  }

  #checkLiveness(): LivenessCheck {
    const stopClock = this.#options.clock.after(pongMs, () => this.#kill('it hung in a loop'))
    let settle: (isAlive: boolean) => void = () => {}
    const isAlive = new Promise<boolean>((resolve) => {
      settle = resolve
    })
    this.#send({ kind: 'ping' })
    return {
      isAlive,
      answer: (alive) => {
        stopClock()
        this.#livenessCheck = undefined
        settle(alive)
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
    this.#livenessCheck?.answer(false)
  }

  #failAll(): void {
    for (const run of [...this.#runs.keys()]) this.#take(run)?.reject(interrupted(this.#why))
  }
}

/** Copies bytes that share a buffer: the thread would get the whole buffer. */
function withOwnBuffer(message: BrokerMessage): BrokerMessage {
  const { payload } = message
  if (typeof payload === 'string' || payload.byteLength === payload.buffer.byteLength) return message
  return { ...message, payload: payload.slice() }
}

function interrupted(why: string): WildcastError {
  return new WildcastError('interrupted', `its thread ended while it ran a message: ${why}`)
}
