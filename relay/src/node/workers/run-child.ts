import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Part } from '../../core/part.js'
import type { Answer, Query } from '../admin/queries.js'
import type { Figures } from '../metrics.js'
import type { FromChild, ToChild } from './child-messages.js'

/** The work of a process, once it has started. */
export interface ChildWork {
  /** The id of its relay, if it is one. */
  readonly relay?: string
  /** Its figures, if it counts. */
  figures?(): Promise<Figures>
  /** The state of its components and bridges, if it has any. */
  parts?(): Promise<readonly Part[]>
  /** Answers a query of an operator, if it is a relay. */
  answer?(query: Query): Answer
  /** Reloads the modules of its components, if it has any. */
  reload?(): Promise<unknown>
  /** Closes it in good order. */
  close(): Promise<void>
}

/** The requests that it may send to the primary. */
export interface Primary {
  /** The figures of all relays. */
  figures(): Promise<readonly Figures[]>
  /** The answers of all relays to a query. */
  ask(query: Query): Promise<readonly Answer[]>
  /** The state of the components and bridges in the other process. */
  parts(): Promise<readonly Part[]>
  /** Calls `take` with each client that came to an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

/** Runs this process under a primary, which starts and ends it. It exits if the primary is gone. */
export function runChild<Task extends { readonly folder: string }>(
  begin: (task: Task, primary: Primary) => Promise<ChildWork>,
): void {
  const one = new Child(begin)
  process.on('message', (message: ToChild<Task>, socket: Socket | undefined) => one.receive(message, socket))
  process.once('disconnect', () => process.exit(1))
  // Terminals and service managers send these to all processes: the primary decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}

class Child<Task extends { readonly folder: string }> implements Primary {
  readonly #begin: (task: Task, primary: Primary) => Promise<ChildWork>
  /** Callers that wait for an answer of the primary. */
  readonly #sums: ((figures: readonly Figures[]) => void)[] = []
  readonly #queries: Map<number, (answers: readonly Answer[]) => void> = new Map()
  #lastQuery = 0
  readonly #inquiries: ((parts: readonly Part[]) => void)[] = []
  #take = (_endpoint: number, socket: Socket): void => void socket.destroy()
  #work: Promise<ChildWork> | undefined

  constructor(begin: (task: Task, primary: Primary) => Promise<ChildWork>) {
    this.#begin = begin
  }

  figures(): Promise<readonly Figures[]> {
    send({ kind: 'sum' })
    return new Promise((resolve) => this.#sums.push(resolve))
  }

  parts(): Promise<readonly Part[]> {
    send({ kind: 'inquire' })
    return new Promise((resolve) => this.#inquiries.push(resolve))
  }

  ask(query: Query): Promise<readonly Answer[]> {
    const number = ++this.#lastQuery
    send({ kind: 'ask', number, query })
    return new Promise((resolve) => this.#queries.set(number, resolve))
  }

  onConnection(take: (endpoint: number, socket: Socket) => void): void {
    this.#take = take
  }

  receive(message: ToChild<Task>, socket: Socket | undefined): void {
    switch (message.kind) {
      case 'begin':
        this.#run(message.task)
        return
      case 'connection':
        // Before anything is read from it: until then another process may get it.
        send({ kind: 'taken', number: message.number })
        if (socket) this.#take(message.endpoint, socket) // the client may have left meanwhile
        return
      case 'count':
        void this.#work?.then(async ({ figures }) => send({ kind: 'counted', figures: (await figures?.()) ?? [] }))
        return
      case 'summed':
        this.#sums.shift()?.(message.figures)
        return
      case 'report':
        this.#report(message.number)
        return
      case 'query':
        this.#answer(message)
        return
      case 'answers':
        this.#queries.get(message.number)?.(message.answers)
        this.#queries.delete(message.number)
        return
      case 'reload':
        void this.#work?.then((work) => reload(work, message.number))
        return
      case 'informed':
        this.#inquiries.shift()?.(message.parts)
        return
      case 'end':
        void this.#work?.then(({ close }) => close()).then(() => process.exit(0))
    }
  }

  #run(task: Task): void {
    cleanUpAfter(task.folder)
    this.#work = this.#begin(task, this)
    this.#work.then(({ relay }) => send({ kind: 'ready', ...(relay === undefined ? {} : { relay }) }), fail)
  }

  #answer({ number, query }: { readonly number: number; readonly query: Query }): void {
    void this.#work?.then(({ answer }) => {
      if (answer) send({ kind: 'answered', number, answer: answer(query) })
    })
  }

  #report(number: number): void {
    void this.#work?.then(async ({ parts }) => send({ kind: 'reported', number, parts: (await parts?.()) ?? [] }))
  }
}

async function reload(work: ChildWork, number: number): Promise<void> {
  try {
    await work.reload?.()
    send({ kind: 'reloaded', number })
  } catch (cause) {
    send({ kind: 'reloaded', number, failure: WildcastError.from(cause).message })
  }
}

function fail(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof WildcastError ? { code: cause.code } : {}
  process.send?.({ kind: 'failed', ...code, message } satisfies FromChild, () => process.exit(1))
}

function send(message: FromChild): void {
  // If the primary is gone, this process exits anyway.
  process.send?.(message, () => {})
}

/** A primary that was killed leaves its folder behind: a process that outlives it removes it. */
function cleanUpAfter(folder: string): void {
  process.once('exit', () => {
    if (process.connected) return
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another process is removing it.
    }
  })
}
