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

/** Runs this process as one of a primary's crew: it begins when it is told to, and ends when it is told to or when the primary has gone. */
export function member<Task extends { readonly folder: string }>(
  begin: (task: Task, crew: Crew) => Promise<Duty>,
): void {
  const sums: ((figures: readonly Figures[]) => void)[] = []
  const inquiries: ((parts: readonly Part[]) => void)[] = []
  let take = (_endpoint: number, socket: Socket): void => void socket.destroy()
  let duty: Promise<Duty> | undefined
  const crew: Crew = {
    figures() {
      say({ kind: 'sum' })
      return new Promise((resolve) => sums.push(resolve))
    },
    parts() {
      say({ kind: 'inquire' })
      return new Promise((resolve) => inquiries.push(resolve))
    },
    onConnection(taken) {
      take = taken
    },
  }

  function hear(words: ToMember<Task>, socket: Socket | undefined): void {
    switch (words.kind) {
      case 'begin':
        cleanUpAfter(words.task.folder)
        duty = begin(words.task, crew)
        duty.then(({ relay }) => say({ kind: 'ready', ...(relay === undefined ? {} : { relay }) }), fail)
        return
      case 'connection':
        // Before anything is read of it: until then another process may have it.
        say({ kind: 'taken', number: words.number })
        if (socket) take(words.endpoint, socket) // a client may have left on the way
        return
      case 'count':
        void duty?.then(async ({ figures }) => say({ kind: 'counted', figures: (await figures?.()) ?? [] }))
        return
      case 'summed':
        sums.shift()?.(words.figures)
        return
      case 'report': {
        const { number } = words
        void duty?.then(async ({ parts }) => say({ kind: 'reported', number, parts: (await parts?.()) ?? [] }))
        return
      }
      case 'informed':
        inquiries.shift()?.(words.parts)
        return
      case 'end':
        void duty?.then(({ close }) => close()).then(() => process.exit(0))
    }
  }

  process.on('message', hear)
  process.once('disconnect', () => process.exit(1))
  // Terminals and service managers say these to all processes at once: the primary decides what follows.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
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
