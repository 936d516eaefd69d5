import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { FromChild, ToChild } from './child-messages.js'

export interface SlotProcessOptions {
  /** Its name in errors. */
  readonly name: string
  readonly child: ChildProcess
  /** Its task. */
  readonly task: unknown
  /** Receives the messages that concern neither its start nor clients. */
  onMessage(message: FromChild): void
  /** It was ready, and has ended. Receives the id of its relay, if it was one, and the reason. */
  onEnd(relay: string | undefined, how: string): void
  readonly clock: Clock
}

/** A client that is passed to a process. */
export interface PassedClient {
  readonly endpoint: number
  /** Nothing was read from it. */
  readonly socket: Socket
  /** Called if the process ends before it takes the socket. */
  passAgain(): void
}

/** One process in a worker slot, from its start to its end. */
export interface SlotProcess {
  /** Resolves when it is ready. Rejects with the reason if it can't start. */
  readonly started: Promise<void>
  /** Sends it a message. Returns false if it isn't ready, or has ended. */
  send(message: ToChild): boolean
  /** Passes it a client. Returns false as above, or if too many clients wait for it. */
  pass(client: PassedClient): boolean
  /** Closes it in good order. */
  close(): Promise<void>
}

/** A process that leaves this many clients waiting hangs: others take new clients. */
const mostWaiting = 1000
/**
 * Then a process that is closed is killed. The longest drain takes 20 s, and what is still open
 * then 3 s.
 */
const killAfterMs = 25_000

export function slotProcess({ name, child, task, onMessage, onEnd, clock }: SlotProcessOptions): SlotProcess {
  const clients = passedClients(child)
  let state: 'beginning' | 'ready' | 'over' = 'beginning'
  let relay: string | undefined
  // Not 'exit', after which messages may still arrive.
  const over = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })

  const started = new Promise<void>((resolve, reject) => {
    let failure: Error | undefined
    child.on('message', (message: FromChild) => {
      if (message.kind === 'ready') {
        state = 'ready'
        relay = message.relay
        resolve()
      } else if (message.kind === 'failed') failure = failureOf(message)
      else if (message.kind === 'taken') clients.taken(message.number)
      else onMessage(message)
    })
    child.on('error', reject)
    void over.then((how) => {
      const wasReady = state === 'ready'
      state = 'over'
      reject(failure ?? new WildcastError('internal', `${name} ended before it had begun (${how})`))
      if (wasReady) onEnd(relay, how)
      clients.passAgain()
    })
  })

  sendTo(child, { kind: 'begin', task })
  return {
    started,
    send(message) {
      if (state === 'ready') sendTo(child, message)
      return state === 'ready'
    },
    pass: (client) => state === 'ready' && clients.pass(client),
    async close() {
      if (state === 'over') return
      if (state === 'ready') sendTo(child, { kind: 'end' })
      else child.kill('SIGKILL') // it has no clients yet
      const stopClock = clock.after(killAfterMs, () => child.kill('SIGKILL'))
      await over
      stopClock()
    },
  }
}

/**
 * The clients that were passed to a process and not taken yet: Node would leave them hanging when
 * it ends.
 */
function passedClients(child: ChildProcess): {
  taken(number: number): void
  pass(one: PassedClient): boolean
  passAgain(): void
} {
  const waiting = new Map<number, PassedClient>()
  let last = 0
  return {
    pass(client) {
      if (waiting.size >= mostWaiting) return false
      const message: ToChild = { kind: 'connection', endpoint: client.endpoint, number: ++last }
      waiting.set(last, client)
      // If the process has just ended, `passAgain` follows.
      child.send(message, client.socket, { keepOpen: true }, () => {})
      return true
    },
    taken(number) {
      waiting.get(number)?.socket.destroy() // closed here, it stays open in the process
      waiting.delete(number)
    },
    passAgain() {
      const left = [...waiting.values()]
      waiting.clear()
      for (const { passAgain } of left) passAgain()
    },
  }
}

/** Ignores errors: a process that gets no messages has just ended, which is noticed anyway. */
function sendTo(child: ChildProcess, message: ToChild): void {
  child.send(message, () => {})
}

/** Restores the error that was thrown in the other process. */
function failureOf({ code, message }: Extract<FromChild, { kind: 'failed' }>): Error {
  return code === undefined ? new Error(message) : new WildcastError(code as ErrorCode, message)
}
