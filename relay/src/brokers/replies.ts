import { type BrokerMessage, refusal, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../core/broker.js'
import type { Clock } from '../core/clock.js'
import { limitPerTurn } from './limit-per-turn.js'

/** A pending request. */
interface Pending {
  onPart: ((part: BrokerMessage) => void) | undefined
  /** Starts the timeout again. */
  restartTimeout: () => void
  settle: (answer: BrokerMessage | WildcastError) => void
}

/** The pending requests of a broker, by the subject on which each is answered. */
export interface PendingReplies {
  /**
   * Waits for the final answer on a response subject. Each part starts the timeout again. `ended`
   * is called when the wait has ended; then no timer, listener or reference is left.
   */
  wait(responseSubject: Subject, options: BrokerRequestOptions, ended?: () => void): Promise<BrokerMessage>
  /** Delivers an answer to its pending request. Returns false if no request waits. */
  take(answer: BrokerMessage): boolean
  /** Whether a request waits for an answer on this subject. */
  has(responseSubject: string): boolean
  /** Rejects a pending request. */
  fail(responseSubject: Subject, error: WildcastError): void
  /** Rejects all pending requests. */
  failAll(error: WildcastError): void
  readonly size: number
}

export function replies(clock: Clock): PendingReplies {
  const waiting = new Map<string, Pending>()
  // A responder that leaves or a link that breaks can fail thousands of requests at once.
  const runLimited = limitPerTurn(clock)

  return {
    get size() {
      return waiting.size
    },
    wait: (responseSubject, options, ended) =>
      new Promise((resolve, reject) => {
        const request = startWait(options, { clock, runLimited }, (answer) => {
          waiting.delete(responseSubject)
          ended?.()
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
        request.restartTimeout()
        request.onPart(answer)
      }
      return true
    },
    has: (responseSubject) => waiting.has(responseSubject),
    fail(responseSubject, error) {
      const request = waiting.get(responseSubject)
      if (request) runLimited(() => request.settle(error))
    },
    failAll(error) {
      for (const request of waiting.values()) runLimited(() => request.settle(error))
    },
  }
}

/** Starts a wait, which an answer, the timeout or the signal settles. */
function startWait(
  { timeoutMs, firstMs = timeoutMs, signal, onPart }: BrokerRequestOptions,
  { clock, runLimited }: { readonly clock: Clock; readonly runLimited: ReturnType<typeof limitPerTurn> },
  settled: Pending['settle'],
): Pending {
  const abort = (): void => request.settle(interruption(signal))
  const expire = (): void => runLimited(() => request.settle(refusal('timeout', `no answer within ${timeoutMs} ms`)))
  let stopClock = clock.after(firstMs, expire)
  const request: Pending = {
    onPart,
    restartTimeout() {
      stopClock()
      stopClock = clock.after(timeoutMs, expire)
    },
    settle(answer) {
      clearReferences(request)
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
 * Clears the references of a settled request: a kilobyte or more each. A `Map` that grows and
 * shrinks moves to new tables, and in V8 each old table keeps the next alive, with its entries,
 * until a full garbage collection.
 */
function clearReferences(request: Pending): void {
  request.onPart = undefined
  request.restartTimeout = ignore
  request.settle = ignore
}
