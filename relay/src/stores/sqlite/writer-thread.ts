import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { PendingCalls } from './pending-calls.js'
import { StoreFileFault } from './store-file-fault.js'
import {
  errorFromThread,
  type FromWriter,
  type StoreContents,
  type WriterCalls,
  type WriterStart,
} from './writer-messages.js'

export interface WriterThreadOptions extends Omit<WriterStart, 'term'> {
  readonly clock: Clock
  /** The thread has ended by itself: the outcome of pending writes is unknown. */
  lost(cause: WildcastError): void
}

/**
 * Tests run from `src`, which a thread of Node can't load: they use the build, without the flags of
 * the test runner.
 */
const fromSource = import.meta.url.endsWith('.ts')
const main = fromSource ? '../../../dist/stores/sqlite/writer-main.js' : './writer-main.js'

/** The thread that has the file of a store. If it ends, the next call starts another. */
export class WriterThread {
  readonly #options: WriterThreadOptions
  readonly #calls: PendingCalls = new PendingCalls()
  #worker: Worker | undefined
  #opened: { resolve(contents: StoreContents): void; reject(cause: Error): void } | undefined
  #isClosed = false

  constructor(options: WriterThreadOptions) {
    this.#options = options
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /**
   * Opens the file, and resolves with how much it holds.
   * @throws {StoreFileFault} if the file can't be opened
   */
  open(): Promise<StoreContents> {
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject }
      this.#worker = this.#start()
    })
  }

  /** @throws {WildcastError} by rejection: `broker_down`, `interrupted`, `storage_full` */
  call<Kind extends keyof WriterCalls>(
    kind: Kind,
    given: WriterCalls[Kind]['given'],
  ): Promise<WriterCalls[Kind]['result']> {
    if (this.#isClosed) return Promise.reject(closedError())
    this.#worker ??= this.#start()
    const { number, result } = this.#calls.add<WriterCalls[Kind]['result']>()
    this.#worker.postMessage({ kind, number, ...given })
    return result
  }

  /** Commits what was called before, and closes the file. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    const worker = this.#worker
    const closing = worker && this.call('close', {})
    this.#isClosed = true
    if (!worker) return
    worker.ref()
    const ended = once(worker, 'exit')
    // Without this, a WAL remains, which the next opening reads.
    await closing?.catch(() => {})
    await ended
  }

  #start(): Worker {
    const { file, limits, rules, clock } = this.#options
    const start: WriterStart = { file, limits, rules, term: { now: clock.wall(), random: clock.random() } }
    const worker = new Worker(new URL(main, import.meta.url), {
      ...(fromSource && { execArgv: [] }),
      workerData: start,
      name: `store ${file}`,
    })
    let why = 'it ended its own thread'
    worker.on('message', (message: FromWriter) => this.#receive(message))
    worker.on('error', (cause) => {
      why = cause instanceof Error ? cause.message : String(cause)
    })
    worker.once('exit', () => this.#end(worker, why))
    return worker
  }

  #receive(message: FromWriter): void {
    switch (message.kind) {
      case 'opened':
        this.#worker?.unref() // the ports of a relay keep its process alive
        this.#opened?.resolve(message.contents)
        this.#opened = undefined
        return
      case 'not-opened':
        this.#worker = undefined // it ends; the next call starts another
        this.#failAll(new StoreFileFault(message.why), 'broker_down')
        return
      case 'result':
        this.#calls.resolve(message.number, message.result)
        return
      case 'failed':
        this.#calls.reject(message.number, errorFromThread(message.failure))
    }
  }

  #end(worker: Worker, why: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    if (this.#isClosed && this.#calls.size === 0) return
    const cause = new StoreFileFault(`the thread of the store ${this.#options.file} has ended: ${why}`)
    this.#failAll(cause, 'interrupted')
    if (!this.#isClosed) this.#options.lost(new WildcastError('interrupted', cause.message))
  }

  #failAll(cause: StoreFileFault, code: 'broker_down' | 'interrupted'): void {
    this.#opened?.reject(cause)
    this.#opened = undefined
    this.#calls.rejectAll(new WildcastError(code, cause.message))
  }
}

/** Returns the error of a call after the end. */
export function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the store was closed')
}
