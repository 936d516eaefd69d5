import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { FromMember, ToMember } from './words.js'

export interface OccupantOptions {
  /** Its name in errors. */
  readonly name: string
  readonly child: ChildProcess
  /** Its task. */
  readonly task: unknown
  /** Receives the messages that concern neither its start nor clients. */
  heard(words: FromMember): void
  /** It was ready, and has ended. Receives the id of its relay, if it was one, and the reason. */
  gone(relay: string | undefined, how: string): void
  readonly clock: Clock
}

/** A client that is passed to a process. */
export interface Arrival {
  readonly endpoint: number
  /** Nothing was read from it. */
  readonly socket: Socket
  /** Called if the process ends before it takes the socket. */
  again(): void
}

/** One process in a worker slot, from its start to its end. */
export interface Occupant {
  /** Resolves when it is ready. Rejects with the reason if it can't start. */
  readonly begun: Promise<void>
  /** Sends it a message. Returns false if it isn't ready, or has ended. */
  say(words: ToMember): boolean
  /** Passes it a client. Returns false as above, or if too many clients wait for it. */
  hand(arrival: Arrival): boolean
  /** Closes it in good order. */
  close(): Promise<void>
}

/** A process that leaves this many clients waiting hangs: others take new clients. */
const mostUnderWay = 1000
/**
 * Then a process that is closed is killed. The longest drain takes 20 s, and what is still open
 * then 3 s.
 */
const farewellMs = 25_000

export function occupant({ name, child, task, heard, gone, clock }: OccupantOptions): Occupant {
  const clients = underWay(child)
  let state: 'beginning' | 'ready' | 'over' = 'beginning'
  let relay: string | undefined
  // Not 'exit', after which messages may still arrive.
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
      else child.kill('SIGKILL') // it has no clients yet
      const stopClock = clock.after(farewellMs, () => child.kill('SIGKILL'))
      await over
      stopClock()
    },
  }
}

/**
 * The clients that were passed to a process and not taken yet: Node would leave them hanging when
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
      arrivals.get(number)?.socket.destroy() // closed here, it stays open in the process
      arrivals.delete(number)
    },
    again() {
      const left = [...arrivals.values()]
      arrivals.clear()
      for (const { again } of left) again()
    },
  }
}

/** Ignores errors: a process that gets no messages has just ended, which is noticed anyway. */
function tell(child: ChildProcess, words: ToMember): void {
  child.send(words, () => {})
}

/** Restores the error that was thrown in the other process. */
function failureOf({ code, message }: Extract<FromMember, { kind: 'failed' }>): Error {
  return code === undefined ? new Error(message) : new WildcastError(code as ErrorCode, message)
}
