import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { FromMember, ToMember } from './words.js'

export interface PlaceOptions {
  /** How the log calls it. */
  readonly name: string
  fork(): ChildProcess
  /** What each process that takes the place is to do. */
  readonly task: unknown
  /** Hears what has nothing to do with beginning and ending. */
  heard(words: FromMember): void
  /** A process has ended that was ready; with the id of its relay, where it was one. */
  ended(relay: string | undefined): void
  readonly clock: Clock
  readonly onError: (error: WildcastError) => void
}

/** A client for a process. */
export interface Arrival {
  readonly endpoint: number
  /** Nothing was read of it. */
  readonly socket: Socket
  /** The process has ended before it took the socket. */
  again(): void
}

/** A place in the crew: a process that is replaced when it ends. */
export interface Place {
  /** Starts the first process. @throws whatever keeps it from beginning; then the place stays empty */
  open(): Promise<void>
  /** Says something to the process that is ready; false where there is none. */
  say(words: ToMember): boolean
  /** Hands over a client; false where nobody is ready. */
  hand(arrival: Arrival): boolean
  /** Ends the process in good order, and replaces it no more. */
  close(): Promise<void>
}

/** What ends sooner after its start has crashed at once. */
const steadyMs = 10_000
const firstWaitMs = 100
const longestWaitMs = 10_000
/** A process that has not ended in good order by then is killed. */
const farewellMs = 10_000

/** How long a place stays empty when so many processes in a row have crashed at once. After the first nobody waits. */
export function emptyMs(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (crashes - 2))
}

export function place({ name, clock, onError, ...options }: PlaceOptions): Place {
  let child: ChildProcess | undefined
  let ready = false
  let crashes = 0
  let closing = false
  let stopWaiting = (): void => {}
  /** Handed over and not taken yet: Node would leave them hanging when the process ends. */
  const underWay = new Map<number, Arrival>()
  let arrivals = 0

  /** Starts a process. Resolves when it is ready; `gone` runs when it has ended after that. */
  function begin(gone: (why: string) => void): Promise<void> {
    const begun = options.fork()
    child = begun
    return new Promise((resolve, reject) => {
      let failure: Error | undefined
      let relay: string | undefined
      begun.on('message', (words: FromMember) => {
        if (words.kind === 'ready') {
          ready = true
          relay = words.relay
          resolve()
        } else if (words.kind === 'failed') failure = failureOf(words)
        else if (words.kind === 'taken') taken(words.number)
        else options.heard(words)
      })
      begun.on('error', reject) // what can't even be started has no exit
      // Not 'exit', after which there may still be something to hear.
      begun.once('close', (code, signal) => {
        const how = signal ?? `exit code ${code}`
        const stood = ready
        ready = false
        child = undefined
        reject(failure ?? new WildcastError('internal', `${name} ended before it had begun (${how})`))
        if (!stood) return
        options.ended(relay)
        gone(`it ended (${how})`)
        const left = [...underWay.values()]
        underWay.clear()
        for (const { again } of left) again()
      })
      tell(begun, { kind: 'begin', task: options.task })
    })
  }

  /** The process has it: closed here, it stays open there. */
  function taken(number: number): void {
    underWay.get(number)?.socket.destroy()
    underWay.delete(number)
  }

  function occupy(): Promise<void> {
    const since = clock.now()
    return begin((why) => replace(since, why))
  }

  function replace(since: number, why: string): void {
    if (closing) return
    crashes = clock.now() - since < steadyMs ? crashes + 1 : 1
    const waitMs = emptyMs(crashes)
    const when = waitMs === 0 ? 'now' : `in ${waitMs} ms`
    onError(new WildcastError('interrupted', `${name} is started again ${when}: ${why}`))
    stopWaiting = clock.after(waitMs, () => {
      const again = clock.now()
      occupy().catch((cause) => replace(again, WildcastError.from(cause).message))
    })
  }

  return {
    open: occupy,
    say(words) {
      if (child === undefined || !ready) return false
      tell(child, words)
      return true
    },
    hand(arrival) {
      if (child === undefined || !ready) return false
      const { endpoint, socket } = arrival
      const number = ++arrivals
      underWay.set(number, arrival)
      const words: ToMember = { kind: 'connection', endpoint, number }
      child.send(words, socket, { keepOpen: true }, () => {})
      return true
    },
    async close() {
      closing = true
      stopWaiting()
      const leaving = child
      if (!leaving) return
      const left = new Promise((resolve) => leaving.once('close', resolve))
      if (ready) tell(leaving, { kind: 'end' })
      else leaving.kill('SIGKILL') // nobody has come to it yet
      const stopClock = clock.after(farewellMs, () => leaving.kill('SIGKILL'))
      await left
      stopClock()
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
