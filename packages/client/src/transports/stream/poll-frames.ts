import type { ClientClock } from '../../time/clock.js'
import { longestReason, passing, wait } from './post-frames.js'
import { abnormalClosure, type Ending } from './stream-life.js'

/** How long to wait, in milliseconds, after a proxy has answered in the relay's place. */
const restMs = 1000

/** What polling needs. */
export interface PollSettings {
  readonly url: string
  readonly clock: ClientClock
  readonly signal: AbortSignal
  /** Whose frames are asked for, and after which. */
  headers(): Record<string, string>
  /** Takes the frames of an answer, a line each. */
  receive(lines: string): void
}

/**
 * Asks for frames again and again. Resolves with how it ended; rejects with what failed on the way.
 */
export async function pollFrames({ url, clock, signal, headers, receive: hear }: PollSettings): Promise<Ending> {
  for (;;) {
    const response = await fetch(url, { headers: headers(), signal })
    const { status } = response
    const text = await response.text()
    if (status === 200) hear(text)
    else if (status === 410) return JSON.parse(text) as Ending
    else if (passing.includes(status) && !text.startsWith('interrupted')) await wait(restMs, clock, signal)
    else if (status !== 204)
      return { code: abnormalClosure, reason: `${status} ${text.trim().slice(0, longestReason)}` }
  }
}
