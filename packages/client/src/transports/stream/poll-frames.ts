import type { ClientClock } from '../../time/clock.js'
import { longestReason, passing, wait } from './post-frames.js'
import { abnormalClosure, type Ending } from './stream-life.js'

/** How long to wait after an error of a proxy, in milliseconds. */
const restMs = 1000

/** Settings of a poll. */
export interface PollSettings {
  readonly url: string
  readonly clock: ClientClock
  readonly signal: AbortSignal
  /** Returns the headers with the session and the number of received frames. */
  headers(): Record<string, string>
  /** Receives the frames of an answer, one per line. */
  receive(lines: string): void
}

/**
 * Requests frames until the stream ends. Resolves with the end; rejects if a request fails.
 */
export async function pollFrames({ url, clock, signal, headers, receive }: PollSettings): Promise<Ending> {
  for (;;) {
    const response = await fetch(url, { headers: headers(), signal })
    const { status } = response
    const text = await response.text()
    if (status === 200) receive(text)
    else if (status === 410) return JSON.parse(text) as Ending
    else if (passing.includes(status) && !text.startsWith('interrupted')) await wait(restMs, clock, signal)
    else if (status !== 204)
      return { code: abnormalClosure, reason: `${status} ${text.trim().slice(0, longestReason)}` }
  }
}
