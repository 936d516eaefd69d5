// The thread of a store on disk. Writes that arrive during a commit share the next one.
import { parentPort, workerData } from 'node:worker_threads'
import { realClock } from '../../core/clock.js'
import { HistoryRules } from '../../core/history-rules.js'
import type { FileWrite } from './file-write.js'
import { closeFile, openFile } from './open-file.js'
import { packOutcomes, unpackWrites } from './packed-writes.js'
import { ValuesFile } from './values-file.js'
import { type FromWriter, failureOf, type WriterCall, type WriterStart } from './writer-messages.js'

const port = parentPort as NonNullable<typeof parentPort>
const send = (message: FromWriter): void => port.postMessage(message)

/** A transaction with more writes ends early, so that pages are read in between. */
const mostWrites = 1000

/** A page that is being read. */
interface PageInProgress {
  readonly number: number
  readonly steps: Generator<undefined, unknown>
}

type Call<Kind extends WriterCall['kind']> = Extract<WriterCall, { kind: Kind }>

class Writer {
  readonly #file: ValuesFile
  readonly #close: () => void
  /** Writes that arrived since the last commit. */
  readonly #waiting: Call<'write'>[] = []
  /** Pages that are being read, a slice of each between two commits. */
  readonly #pages: PageInProgress[] = []
  #isScheduled = false

  constructor(file: ValuesFile, close: () => void) {
    this.#file = file
    this.#close = close
  }

  receive(call: WriterCall): void {
    switch (call.kind) {
      case 'write':
        this.#waiting.push(call)
        this.#schedule()
        return
      case 'page':
        this.#begin(call.number, this.#file.page(call.pattern, call.request))
        return
      case 'historyPage':
        this.#begin(call.number, this.#file.historyPage(call.pattern, call.request))
        return
      case 'historyState':
        answer(call.number, () => this.#file.historyState(call.pattern, call.position))
        return
      case 'close':
        this.#commit(Number.POSITIVE_INFINITY)
        answer(call.number, () => this.#close())
        port.close()
        return
      case 'read':
        answer(call.number, () => this.#file.read(call.subject))
        return
      case 'renew':
        answer(call.number, () => this.#file.renew(call.lease, call.now))
        return
      case 'sweep':
        answer(call.number, () => this.#file.sweep(call.now))
        return
      case 'forget':
        answer(call.number, () => this.#file.forget(call.now))
    }
  }

  #begin(number: number, steps: PageInProgress['steps']): void {
    this.#pages.push({ number, steps })
    this.#schedule()
  }

  /** Continues after the calls that have arrived already. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    realClock.endOfTurn(() => {
      this.#isScheduled = false
      this.#commit(mostWrites)
      for (const page of this.#pages.splice(0)) this.#read(page)
      if (this.#waiting.length + this.#pages.length > 0) this.#schedule()
    })
  }

  #commit(most: number): void {
    const calls: { readonly number: number; readonly count: number }[] = []
    const writes: FileWrite[] = []
    let now = 0
    while (this.#waiting.length > 0 && writes.length < most) {
      const { number, packed, now: at } = this.#waiting.shift() as Call<'write'>
      calls.push({ number, count: packed.subjects.length })
      writes.push(...unpackWrites(packed))
      now = at
    }
    if (calls.length === 0) return
    const outcomes = this.#file.write(writes, now)
    let at = 0
    for (const { number, count } of calls) {
      send({ kind: 'result', number, result: packOutcomes(outcomes.slice(at, at + count)) })
      at += count
    }
  }

  #read(page: PageInProgress): void {
    try {
      const step = page.steps.next()
      if (step.done) send({ kind: 'result', number: page.number, result: step.value })
      else this.#pages.push(page)
    } catch (cause) {
      send({ kind: 'failed', number: page.number, failure: failureOf(cause) })
    }
  }
}

function answer(number: number, run: () => unknown): void {
  try {
    send({ kind: 'result', number, result: run() })
  } catch (cause) {
    send({ kind: 'failed', number, failure: failureOf(cause) })
  }
}

function open(): void {
  const { file, limits, rules, term } = workerData as WriterStart
  try {
    const database = openFile(file)
    const values = new ValuesFile(database, limits, term, new HistoryRules(rules))
    const writer = new Writer(values, () => closeFile(database))
    port.on('message', (call: WriterCall) => writer.receive(call))
    send({ kind: 'opened', contents: values.contents })
  } catch (cause) {
    send({ kind: 'not-opened', why: cause instanceof Error ? cause.message : String(cause) })
  }
}

open()
