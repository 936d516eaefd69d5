import { WildcastError } from '@wildcast/protocol/client'
import type { RelayLink } from '../connection/relay-link.js'
import type { AnswerHandler, AwaitedFrame, Exchanges } from './exchanges.js'

/** The parts of the client that send a frame again. */
export interface PostPorts {
  readonly post: Exchanges['post']
  readonly link: Pick<RelayLink, 'status'>
}

/** A frame for `postAgain`, with the handler of its outcome. */
export interface Repeated extends AnswerHandler {
  /** Returns the frame; called each time that it is sent. */
  frame(): AwaitedFrame
  /** Whether to send the frame again when its session was lost. @default true */
  isWanted?(): boolean
}

/**
 * Sends a frame, and again after each loss of the session, until it is answered. Returns the undo,
 * which cancels it unless it `isAnswered`.
 */
export function postAgain(
  { post, link }: PostPorts,
  { frame, isWanted, ...handler }: Repeated,
): (isAnswered?: boolean) => void {
  let undo: ((isAnswered?: boolean) => void) | undefined
  let isOver = false
  const send = (): void => {
    if (isOver) return
    try {
      undo = post(frame(), {
        ...handler,
        fail(error, sent) {
          const isLost = error.code === 'interrupted' && link.status.state !== 'online'
          // Later, since the other frames of the lost session are failing now.
          if (isLost && isWanted?.() !== false) queueMicrotask(send)
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
    undo?.(isAnswered)
  }
}
