import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Part } from '../../core/part.js'
import type { Figures } from '../metrics.js'
import type { FromMember, ToMember } from './words.js'

/** What a process of the crew does, once it has begun. */
export interface Duty {
  /** The id of its relay, where it is one. */
  readonly relay?: string
  /** What it has counted, where it counts. */
  figures?(): Promise<Figures>
  /** How its components and bridges are, where it has any. */
  parts?(): Promise<readonly Part[]>
  /** Loads the modules of its components again, where it has any. */
  reload?(): Promise<unknown>
  /** Ends in good order. */
  close(): Promise<void>
}

/** What it may ask of the primary. */
export interface Crew {
  /** The figures of all relays. */
  figures(): Promise<readonly Figures[]>
  /** How the components and bridges of the other process are. */
  parts(): Promise<readonly Part[]>
  /** Takes the clients that come to an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

/** Runs this process as one of a primary's crew: the primary begins and ends it, and it ends when the primary has gone. */
export function member<Task extends { readonly folder: string }>(
  begin: (task: Task, crew: Crew) => Promise<Duty>,
): void {
  const one = new Member(begin)
  process.on('message', (words: ToMember<Task>, socket: Socket | undefined) => one.receive(words, socket))
  process.once('disconnect', () => process.exit(1))
  // Terminals and service managers send these to all processes at once: the primary decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}

class Member<Task extends { readonly folder: string }> implements Crew {
  readonly #begin: (task: Task, crew: Crew) => Promise<Duty>
  /** Wait for the figures, and the parts, that the primary was asked for. */
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
        // Before anything is read of it: until then another process may have it.
        say({ kind: 'taken', number: words.number })
        if (socket) this.#take(words.endpoint, socket) // a client may have left on the way
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
  // Where the primary has gone, this process ends by that.
  process.send?.(words, () => {})
}

/** A primary that was killed leaves its folder behind: whoever outlives it takes it away. */
function cleanUpAfter(folder: string): void {
  process.once('exit', () => {
    if (process.connected) return
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another of the crew was at it in this very moment.
    }
  })
}
