import type { WildcastError } from '@wildcast/protocol/client'
import { type Patience, waitFor } from '../app/patience.js'
import { interrupted } from '../connection/interrupted.js'
import { postAgain } from '../exchanges/post-again.js'
import type { PublishContent } from '../publishing/publish.js'
import type { Undo } from '../time/clock.js'
import type { VerbPorts } from '../verb-ports.js'
import { keepAliveFor } from './keep-alive.js'

/** How long the relay waits by default before it writes the will of a silent client. */
const defaultWillAfterMs = 10_000

/** A value that this client has written directly. */
export interface Claim {
  readonly revision: string | undefined
  /** Ends the watch over the will. */
  readonly end: Undo
}

/** Options of a claim. */
export interface ClaimOptions extends Patience {
  /** Called once if the will was written, or may have been. */
  lost(reason: WildcastError): void
}

/**
 * Writes a value, possibly after a wait for its condition and with a will. With a will, begins
 * again if the session is lost before the answer, and keeps the will from being written as long as
 * the page lives.
 */
export function claim(ports: VerbPorts, content: PublishContent, options: ClaimOptions): Promise<Claim> {
  const { timeoutMs = Infinity, lost } = options
  const { clock } = ports
  const { subject, broker, will, will_after: afterMs = defaultWillAfterMs, watch } = content
  const until = clock.now() + timeoutMs
  return waitFor(clock, options, (resolve, reject) => {
    let isWritten = false
    let sentAt = 0
    let cancel: ((isAnswered?: boolean) => void) | undefined
    const end = (): void => {
      stop?.()
      cancel?.(isWritten)
    }
    const lose = (reason: WildcastError): void => {
      if (!isWritten) return // still waiting
      end()
      lost(reason)
    }
    const keepAlive = will === undefined ? undefined : keepAliveFor(ports)
    const stop = keepAlive?.hold({
      afterMs,
      action: 'publish',
      subject,
      broker,
      lose: () => lose(interrupted(`the relay did not answer in time: it may have written the will of "${subject}"`)),
    })
    const restMs = (): number => Math.max(0, Math.ceil(until - clock.now()))
    cancel = postAgain(ports, {
      frame: () => (watch && timeoutMs < Infinity ? { ...content, watch_timeout: restMs() } : content),
      // If an earlier session has written it, its will is written soon, or it is replaced here.
      isWanted: () => keepAlive !== undefined && !isWritten,
      // It replaces whatever an attempt with an unknown outcome has written, and has a will again.
      isRepeatable: () => will !== undefined && content.when === undefined && content.when_revision === undefined,
      sent() {
        sentAt = clock.now()
      },
      again: (waitMs = 0) => (waitMs > 0 && waitMs <= restMs() ? content : undefined),
      answer(frame) {
        if (frame.kind === 'Lost') lose(interrupted(`the relay has written the will of "${subject}"`))
        if (frame.kind === 'Ack') {
          isWritten = true
          resolve({ revision: frame.revision, end })
          keepAlive?.confirm(sentAt)
        }
        return keepAlive !== undefined
      },
      fail(error) {
        if (isWritten) lose(error)
        else {
          end()
          reject(error)
        }
      },
    })
    return end
  })
}
