import { type RequestFrame, type ResponseFrame, WildcastError } from '@wildcast/protocol/client'
import type { Call } from '../app/call-back.js'
import { checkNumber } from '../app/number-option.js'
import { onAbort } from '../app/on-abort.js'
import type { RelayLink } from '../connection/relay-link.js'
import type { Exchanges } from '../exchanges/exchanges.js'
import { type Message, ReceivedMessage } from '../messages/message.js'
import type { ClientClock, Undo } from '../time/clock.js'
import { openTimer } from '../time/timer.js'

/** Options for the wait for an answer. */
export interface RequestWait<Answer = unknown> {
  /**
   * How long to wait for an answer, and again after each part. Rounded up to whole milliseconds;
   * limited to 5 minutes, also for Infinity.
   * @default 5000
   */
  readonly timeoutMs?: number | undefined
  /** Cancels the request, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called with every part of a streamed answer except the last. Each part restarts the timeout,
   * also at the relay.
   */
  readonly onPart?: ((part: Message<Answer>) => void) | undefined
}

/** The parts of the client that a request uses. */
export interface RequestPorts {
  readonly clock: ClientClock
  readonly link: Pick<RelayLink, 'welcome'>
  readonly post: Exchanges['post']
  readonly call: Call
}

/** The frame of a request, without its number and timeout. */
export type RequestContent = Omit<RequestFrame, 'ref' | 'timeout'>

/**
 * A copy of the protocol's `limits.requestTimeoutMs`, the longest wait of the relay: an import
 * would add all limits to the bundle.
 */
const longestTimeoutMs = 300_000
/** The relay reports a timeout itself. If it doesn't within this time, the client does. */
const graceMs = 1_000

/** Sends a request, now or as soon as the client is connected. Resolves with the last answer. */
export async function sendRequest<Answer>(
  ports: RequestPorts,
  frame: RequestContent,
  { timeoutMs: givenMs = 5_000, signal, onPart }: RequestWait<Answer>,
): Promise<Message<Answer>> {
  const timeoutMs = Math.min(Math.ceil(checkNumber('timeoutMs', givenMs)), longestTimeoutMs)
  signal?.throwIfAborted()
  const { clock, post, call } = ports
  const timer = openTimer(clock)
  let stop: Undo | undefined
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        cancel()
        reject(reason)
      }
      const wait = (): void =>
        timer.set(timeoutMs + graceMs, () => giveUp(new WildcastError('timeout', `no answer within ${timeoutMs} ms`)))
      wait()
      stop = onAbort(signal, giveUp)
      const cancel = post(
        { ...frame, timeout: timeoutMs },
        {
          answer(response) {
            if (response.kind !== 'Response') return undefined
            const message = toMessage<Answer>(response, frame, ports)
            if (response.more) {
              wait()
              call(onPart, message)
            } else resolve(message)
            return response.more
          },
          fail: reject,
        },
      )
    })
  } finally {
    timer.stop()
    stop?.()
  }
}

function toMessage<Answer>(
  response: ResponseFrame,
  { subject, broker }: RequestContent,
  { clock, link }: RequestPorts,
): ReceivedMessage<Answer> {
  const carrier = broker ?? link.welcome?.brokers.find((known) => known.default)?.name ?? ''
  return new ReceivedMessage({ ...response, kind: 'Message', id: 0, subject, broker: carrier }, subject, clock.now())
}
