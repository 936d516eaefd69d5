import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Part } from '../../core/part.js'
import type { Figures } from '../metrics.js'
import type { FromMember, ToMember } from './words.js'

/** The work of a process, once it has started. */
export interface Duty {
  /** The id of its relay, if it is one. */
  readonly relay?: string
  /** Its figures, if it counts. */
  figures?(): Promise<Figures>
  /** The state of its components and bridges, if it has any. */
  parts?(): Promise<readonly Part[]>
  /** Reloads the modules of its components, if it has any. */
  reload?(): Promise<unknown>
  /** Closes it in good order. */
  close(): Promise<void>
}

/** The requests that it may send to the primary. */
export interface Crew {
  /** The figures of all relays. */
  figures(): Promise<readonly Figures[]>
  /** The state of the components and bridges in the other process. */
  parts(): Promise<readonly Part[]>
  /** Calls `take` with each client that came to an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

/** Runs this process under a primary, which starts and ends it. It exits if the primary is gone. */
export function member<Task extends { readonly folder: string }>(
  begin: (task: Task, crew: Crew) => Promise<Duty>,
): void {
  const one = new Member(begin)
  process.on('message', (words: ToMember<Task>, socket: Socket | undefined) => one.receive(words, socket))
  process.once('disconnect', () => process.exit(1))
  // Terminals and service managers send these to all processes: the primary decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}

class Member<Task extends { readonly folder: string }> implements Crew {
  readonly #begin: (task: Task, crew: Crew) => Promise<Duty>
  /** Callers that wait for an answer of the primary. */
  readonly #sums: ((figures: readonly Figures[]) => void)[] = []
  readonly #inquiries: ((parts: readonly Part[]) => void)[] = []
  #take = (_endpoint: number, socket: Socket): void => void socket.destroy()
  #duty: Promise<Duty> | undefined

  constructor(begin: (task: Task, crew: Crew) => Promise<Duty>) {
    this.#begin = begin
  }

  figures(): Promise<readonly Figures[]> {
    say({ kind: 'sum' })
    return new Promise((resolve) => this.#sums.push(resolve))
  }

  parts(): Promise<readonly Part[]> {
    say({ kind: 'inquire' })
    return new Promise((resolve) => this.#inquiries.push(resolve))
  }

  onConnection(take: (endpoint: number, socket: Socket) => void): void {
    this.#take = take
  }

  receive(words: ToMember<Task>, socket: Socket | undefined): void {
    switch (words.kind) {
      case 'begin':
        this.#run(words.task)
        return
      case 'connection':
        // Before anything is read from it: until then another process may get it.
        say({ kind: 'taken', number: words.number })
        if (socket) this.#take(words.endpoint, socket) // the client may have left meanwhile
        return
      case 'count':
        void this.#duty?.then(async ({ figures }) => say({ kind: 'counted', figures: (await figures?.()) ?? [] }))
        return
      case 'summed':
        this.#sums.shift()?.(words.figures)
        return
      case 'report':
        this.#report(words.number)
        return
      case 'reload':
        void this.#duty?.then((duty) => reload(duty, words.number))
        return
      case 'informed':
        this.#inquiries.shift()?.(words.parts)
        return
      case 'end':
        void this.#duty?.then(({ close }) => close()).then(() => process.exit(0))
    }
  }

  #run(task: Task): void {
    cleanUpAfter(task.folder)
    this.#duty = this.#begin(task, this)
    this.#duty.then(({ relay }) => say({ kind: 'ready', ...(relay === undefined ? {} : { relay }) }), fail)
  }

  #report(number: number): void {
    void this.#duty?.then(async ({ parts }) => say({ kind: 'reported', number, parts: (await parts?.()) ?? [] }))
  }
}

async function reload(duty: Duty, number: number): Promise<void> {
  try {
    await duty.reload?.()
    say({ kind: 'reloaded', number })
  } catch (cause) {
    say({ kind: 'reloaded', number, failure: WildcastError.from(cause).message })
  }
}

function fail(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause)
  const code = cause instanceof WildcastError ? { code: cause.code } : {}
  process.send?.({ kind: 'failed', ...code, message } satisfies FromMember, () => process.exit(1))
}

function say(words: FromMember): void {
  // If the primary is gone, this process exits anyway.
  process.send?.(words, () => {})
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
