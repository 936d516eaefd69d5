import { WildcastError } from '@wildcast/protocol/client'
import type { RelayLink } from '../connection/relay-link.js'
import { backoffMs } from '../time/backoff.js'
import type { ClientClock, Undo } from '../time/clock.js'
import type { AnswerHandler, AwaitedFrame, Exchanges } from './exchanges.js'

/** The parts of the client that send a frame again. */
export interface PostPorts {
  readonly post: Exchanges['post']
  readonly link: Pick<RelayLink, 'status'>
  readonly clock: ClientClock
}

/** A frame for `postAgain`, with the handler of its outcome. */
export interface Repeated extends AnswerHandler {
  /** Returns the frame; called each time that it is sent. */
  frame(): AwaitedFrame
  /** Whether to send the frame again when its session was lost. @default true */
  isWanted?(): boolean
  /**
   * Whether to send the frame again when the relay does not know its outcome, since it has lost its
   * broker meanwhile. @default false
   */
  isRepeatable?(): boolean
}

/**
 * Sends a frame, and again after each loss of the session, until it is answered. Returns the undo,
 * which cancels it unless it `isAnswered`.
 */
export function postAgain(
  { post, link, clock }: PostPorts,
  { frame, isWanted, isRepeatable, ...handler }: Repeated,
): (isAnswered?: boolean) => void {
  let undo: ((isAnswered?: boolean) => void) | undefined
  let isOver = false
  let unknown = 0
  let stopWait: Undo | undefined
  const send = (): void => {
    if (isOver) return
    try {
      undo = post(frame(), {
        ...handler,
        fail(error, sent) {
          const { code } = error
          const isOnline = link.status.state === 'online'
          // Later, since the other frames of the lost session are failing now.
          if (code === 'interrupted' && !isOnline && isWanted?.() !== false) queueMicrotask(send)
          else if (isOnline && (code === 'interrupted' || (unknown > 0 && code === 'broker_down')) && isRepeatable?.())
            stopWait = clock.after(backoffMs(unknown++, clock.random()), () =>
              isRepeatable() ? send() : handler.fail(error, sent),
            )
          else handler.fail(error, sent)
        },
      })
    } catch (cause) {
      handler.fail(WildcastError.from(cause), false)
    }
  }
  send()
  return (isAnswered) => {
    isOver = true
    stopWait?.()
    undo?.(isAnswered)
  }
}
