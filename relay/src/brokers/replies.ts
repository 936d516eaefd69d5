import { type Message, refusal, type Subject, WildcastError } from '@wildcast/protocol'
import type { RequestOptions } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { fewInTurn } from './few-in-turn.js'

interface Waiting {
  onPart: ((part: Message) => void) | undefined
  /** Waits again for as long. */
  waitOn: () => void
  settle: (answer: Message | WildcastError) => void
}

/** The requests of a broker that wait for an answer, by the subject that it will come on. */
export interface Replies {
  /** Waits for the final answer on a response subject, and again for so long after each part; whatever happens, nothing of the wait is left behind. `over` runs when it has ended. */
  wait(responseSubject: Subject, options: RequestOptions, over?: () => void): Promise<Message>
  /** Takes an answer. False where nobody waits for it (any more). */
  take(answer: Message): boolean
  /** Whether somebody waits for an answer on this subject. */
  has(responseSubject: string): boolean
  /** Ends a wait with an error. */
  fail(responseSubject: Subject, error: WildcastError): void
  /** Ends every wait. */
  failAll(error: WildcastError): void
  readonly size: number
}

export function replies(clock: Clock): Replies {
  const waiting = new Map<string, Waiting>()
  // Thousands may fail at once, by one server that leaves or one link that breaks.
  const inFew = fewInTurn(clock)

  return {
    get size() {
      return waiting.size
    },
    wait(responseSubject, { timeoutMs, firstMs = timeoutMs, signal, onPart }, over) {
      return new Promise((resolve, reject) => {
        const settle = (answer: Message | WildcastError): void => {
          waiting.delete(responseSubject)
          letGo(request)
          stopClock()
          signal?.removeEventListener('abort', abort)
          over?.()
          if (answer instanceof WildcastError) reject(answer)
          else resolve(answer)
        }
        const abort = (): void => settle(WildcastError.from(signal?.reason, 'interrupted'))
        const expire = (): void => inFew(() => request.settle(refusal('timeout', `no answer within ${timeoutMs} ms`)))
        let stopClock = clock.after(firstMs, expire)
        const waitOn = (): void => {
          stopClock()
          stopClock = clock.after(timeoutMs, expire)
        }
        const request: Waiting = { onPart, settle, waitOn }
        waiting.set(responseSubject, request)
        signal?.addEventListener('abort', abort)
        if (signal?.aborted) abort()
      })
    },
    take(answer) {
      const request = waiting.get(answer.subject)
      if (!request) return false
      if (!answer.more) request.settle(answer)
      else if (request.onPart) {
        request.waitOn()
        request.onPart(answer)
      }
      return true
    },
    has: (responseSubject) => waiting.has(responseSubject),
    fail(responseSubject, error) {
      const request = waiting.get(responseSubject)
      if (request) inFew(() => request.settle(error))
    },
    failAll(error) {
      for (const request of waiting.values()) inFew(() => request.settle(error))
    },
  }
}

const ignore = (): void => {}

/**
 * A `Map` that grows and shrinks moves to new tables, and in V8 each old one keeps the next alive, with what is in it, until all of the heap is looked through. What
 * was waited for must not stay for so long: it is a kilobyte or more for each request.
 */
function letGo(request: Waiting): void {
  request.onPart = undefined
  request.waitOn = ignore
  request.settle = ignore
}
