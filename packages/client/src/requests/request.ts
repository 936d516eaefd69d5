import { type RequestFrame, type ResponseFrame, WildcastError } from '@wildcast/protocol'
import { checkNumber } from '../app/number-option.js'
import { onAbort } from '../app/on-abort.js'
import type { Core } from '../core.js'
import { type Message, ReceivedMessage } from '../messages/message.js'
import { openAlarm } from '../time/alarm.js'
import type { Undo } from '../time/clock.js'

/** How long to wait for an answer, and who hears of its parts. */
export interface Waiting<Answer = unknown> {
  /**
   * How long to wait for an answer, and again after each part. Rounded up to whole milliseconds; at
   * most 5 minutes, which is also what Infinity means.
   * @default 5000
   */
  readonly timeoutMs?: number | undefined
  /** Gives up, and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Hears of every part of a streamed answer but the last. Each part starts the wait again, also at the relay. */
  readonly onPart?: ((part: Message<Answer>) => void) | undefined
}

/**
 * `limits.requestTimeoutMs` of the protocol: the relay waits no longer. Not imported, since all
 * limits would come with it.
 */
const longestTimeoutMs = 300_000
/** The relay tells a timeout itself; only where it doesn't, we do. */
const graceMs = 1_000

/** Asks, now or when there is a way, and resolves with the last answer. */
export async function request<Answer>(
  core: Core,
  frame: Omit<RequestFrame, 'ref' | 'timeout'>,
  { timeoutMs: askedMs = 5_000, signal, onPart }: Waiting<Answer>,
): Promise<Message<Answer>> {
  const timeoutMs = Math.min(Math.ceil(checkNumber('timeoutMs', askedMs)), longestTimeoutMs)
  signal?.throwIfAborted()
  const { subject, broker } = frame
  const alarm = openAlarm(core.clock)
  let stop: Undo | undefined
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        cancel()
        reject(reason)
      }
      const wait = (): void =>
        alarm.set(timeoutMs + graceMs, () => giveUp(new WildcastError('timeout', `no answer within ${timeoutMs} ms`)))
      const answer = (response: ResponseFrame): void => {
        const carrier = broker ?? core.link.welcome?.brokers.find((known) => known.default)?.name ?? ''
        const message = new ReceivedMessage<Answer>(
          { ...response, kind: 'Message', id: 0, subject, broker: carrier },
          subject,
          core.clock.now(),
        )
        if (response.more) {
          wait()
          core.call(onPart, message)
        } else resolve(message)
      }
      wait()
      stop = onAbort(signal, giveUp)
      const cancel = core.post({ ...frame, timeout: timeoutMs }, { answer, fail: reject })
    })
  } finally {
    alarm.stop()
    stop?.()
  }
}
