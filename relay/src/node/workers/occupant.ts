import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { FromMember, ToMember } from './words.js'

export interface OccupantOptions {
  /** How errors call it. */
  readonly name: string
  readonly child: ChildProcess
  /** What it is to do. */
  readonly task: unknown
  /** Hears what has nothing to do with beginning and ending. */
  heard(words: FromMember): void
  /** It was ready, and has ended: with the id of its relay, where it was one, and how. */
  gone(relay: string | undefined, how: string): void
  readonly clock: Clock
}

/** A client for a process. */
export interface Arrival {
  readonly endpoint: number
  /** Nothing was read of it. */
  readonly socket: Socket
  /** The process has ended before it took the socket. */
  again(): void
}

/** One process in a place of the crew, from its start to its end. */
export interface Occupant {
  /** Resolves when it is ready. Rejects with whatever keeps it from that. */
  readonly begun: Promise<void>
  /** Says something to it; false where it is not ready, or has ended. */
  say(words: ToMember): boolean
  /** Hands over a client; false as above, and where it takes none. */
  hand(arrival: Arrival): boolean
  /** Ends it in good order. */
  close(): Promise<void>
}

/** One that has left so many waiting hangs: others take those who come. */
const mostUnderWay = 1000
/**
 * One that has not ended in good order by then is killed. The longest drain takes 20 s, and what is
 * still open then 3 s.
 */
const farewellMs = 25_000

export function occupant({ name, child, task, heard, gone, clock }: OccupantOptions): Occupant {
  const clients = underWay(child)
  let state: 'beginning' | 'ready' | 'over' = 'beginning'
  let relay: string | undefined
  // Not 'exit', after which there may still be something to hear.
  const over = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })

  const begun = new Promise<void>((resolve, reject) => {
    let failure: Error | undefined
    child.on('message', (words: FromMember) => {
      if (words.kind === 'ready') {
        state = 'ready'
        relay = words.relay
        resolve()
      } else if (words.kind === 'failed') failure = failureOf(words)
      else if (words.kind === 'taken') clients.taken(words.number)
      else heard(words)
    })
    child.on('error', reject)
    void over.then((how) => {
      const stood = state === 'ready'
      state = 'over'
      reject(failure ?? new WildcastError('internal', `${name} ended before it had begun (${how})`))
      if (stood) gone(relay, how)
      clients.again()
    })
  })

  tell(child, { kind: 'begin', task })
  return {
    begun,
    say(words) {
      if (state === 'ready') tell(child, words)
      return state === 'ready'
    },
    hand: (arrival) => state === 'ready' && clients.hand(arrival),
    async close() {
      if (state === 'over') return
      if (state === 'ready') tell(child, { kind: 'end' })
      else child.kill('SIGKILL') // nobody has come to it yet
      const stopClock = clock.after(farewellMs, () => child.kill('SIGKILL'))
      await over
      stopClock()
    },
  }
}

/**
 * The clients that a process was handed and has not taken yet: Node would leave them hanging when
 * it ends.
 */
function underWay(child: ChildProcess): { taken(number: number): void; hand(one: Arrival): boolean; again(): void } {
  const arrivals = new Map<number, Arrival>()
  let last = 0
  return {
    hand(arrival) {
      if (arrivals.size >= mostUnderWay) return false
      const words: ToMember = { kind: 'connection', endpoint: arrival.endpoint, number: ++last }
      arrivals.set(last, arrival)
      child.send(words, arrival.socket, { keepOpen: true }, () => {})
      return true
    },
    taken(number) {
      arrivals.get(number)?.socket.destroy() // closed here, it stays open there
      arrivals.delete(number)
    },
    again() {
      const left = [...arrivals.values()]
      arrivals.clear()
      for (const { again } of left) again()
    },
  }
}

/** To a process that has ended this moment nothing can be said; its end is heard. */
function tell(child: ChildProcess, words: ToMember): void {
  child.send(words, () => {})
}

/** As it was thrown in the other process, for who tells a user. */
function failureOf({ code, message }: Extract<FromMember, { kind: 'failed' }>): Error {
  return code === undefined ? new Error(message) : new WildcastError(code as ErrorCode, message)
}
