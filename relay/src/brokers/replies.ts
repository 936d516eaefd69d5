import { type BrokerMessage, refusal, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { fewInTurn } from './few-in-turn.js'

/** A request that waits. */
interface Waiting {
  onPart: ((part: BrokerMessage) => void) | undefined
  /** Begins its time again. */
  waitOn: () => void
  settle: (answer: BrokerMessage | WildcastError) => void
}

/** The requests of a broker that wait for an answer, by the subject that it will come on. */
export interface PendingReplies {
  /**
   * Waits for the final answer on a response subject, and again as long after each part. Whatever
   * happens, nothing of the wait is left behind. `over` is called when it has ended.
   */
  wait(responseSubject: Subject, options: BrokerRequestOptions, over?: () => void): Promise<BrokerMessage>
  /** Delivers an answer to its request. Returns false if there is none. */
  take(answer: BrokerMessage): boolean
  /** Whether a request waits for an answer on this subject. */
  has(responseSubject: string): boolean
  /** Ends a wait with an error. */
  fail(responseSubject: Subject, error: WildcastError): void
  /** Ends every wait. */
  failAll(error: WildcastError): void
  readonly size: number
}

export function replies(clock: Clock): PendingReplies {
  const waiting = new Map<string, Waiting>()
  // Thousands may fail at once, by one server that leaves or one link that breaks.
  const inFew = fewInTurn(clock)

  return {
    get size() {
      return waiting.size
    },
    wait: (responseSubject, options, over) =>
      new Promise((resolve, reject) => {
        const request = begin(options, { clock, inFew }, (answer) => {
          waiting.delete(responseSubject)
          over?.()
          if (answer instanceof WildcastError) reject(answer)
          else resolve(answer)
        })
        waiting.set(responseSubject, request)
        const { signal } = options
        if (signal?.aborted) request.settle(interruption(signal))
      }),
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

/** Begins to wait: until an answer, the time or the signal settles it. */
function begin(
  { timeoutMs, firstMs = timeoutMs, signal, onPart }: BrokerRequestOptions,
  { clock, inFew }: { readonly clock: Clock; readonly inFew: ReturnType<typeof fewInTurn> },
  settled: Waiting['settle'],
): Waiting {
  const abort = (): void => request.settle(interruption(signal))
  const expire = (): void => inFew(() => request.settle(refusal('timeout', `no answer within ${timeoutMs} ms`)))
  let stopClock = clock.after(firstMs, expire)
  const request: Waiting = {
    onPart,
    waitOn() {
      stopClock()
      stopClock = clock.after(timeoutMs, expire)
    },
    settle(answer) {
      letGo(request)
      stopClock()
      signal?.removeEventListener('abort', abort)
      settled(answer)
    },
  }
  signal?.addEventListener('abort', abort)
  return request
}

function interruption(signal: BrokerRequestOptions['signal']): WildcastError {
  return WildcastError.from(signal?.reason, 'interrupted')
}

const ignore = (): void => {}

/**
 * A `Map` that grows and shrinks moves to new tables, and in V8 each old one keeps the next alive,
 * with what is in it, until all of the heap is looked through. What was waited for must not stay
 * for so long: it is a kilobyte or more for each request.
 */
function letGo(request: Waiting): void {
  request.onPart = undefined
  request.waitOn = ignore
  request.settle = ignore
}
