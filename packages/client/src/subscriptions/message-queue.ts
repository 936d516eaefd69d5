import type { Message } from '../messages/message.js'

/** The messages of a subscription, for any number of loops: each message goes to one of them. */
export interface MessageQueue {
  /** Calls `over` when the loop that took the message asks for the next, or leaves. */
  push(message: Message, over?: () => void): void
  /** Messages that no loop has taken. */
  readonly waiting: { length: number }
  /** Ends every loop once the messages are taken. With a reason, each loop rejects with it. */
  end(reason?: Error): void
  loop(): AsyncIterableIterator<Message, undefined>
}

type Loop = AsyncIterableIterator<Message, undefined>

/**
 * Opens a queue, which calls `abandoned` when its last loop has left. Its loops are no async
 * generators: the `return()` of one would wait until the message comes that its `next()` waits for.
 */
export function openMessageQueue(abandoned: () => void): MessageQueue {
  // No bound: a slow loop loses nothing.
  const messages: { readonly value: Message; readonly over: (() => void) | undefined }[] = []
  const loops = new Set<Loop>()
  let ended: { readonly reason: Error | undefined } | undefined
  /** What wakes the loops that wait. */
  const waiting: (() => void)[] = []

  const stir = (): void => {
    for (const wake of waiting.splice(0)) wake()
  }
  const openLoop = (): Loop => {
    let turn: (() => void) | undefined
    const leave = (): void => {
      turn?.()
      loops.delete(loop)
      stir()
    }
    const quit = (): void => {
      leave()
      if (loops.size > 0) return
      abandoned()
      messages.length = 0
    }
    const loop: Loop = {
      async next() {
        turn?.()
        while (loops.has(loop)) {
          const next = messages.shift()
          if (next) {
            turn = next.over
            return { done: false, value: next.value }
          }
          if (ended) {
            leave()
            if (ended.reason) throw ended.reason
          } else await new Promise<void>((resolve) => waiting.push(resolve))
        }
        return { done: true, value: undefined }
      },
      async return(value) {
        quit()
        return { done: true, value: await value }
      },
      async throw(reason) {
        quit()
        throw reason
      },
      [Symbol.asyncIterator]: () => loop,
    }
    loops.add(loop)
    return loop
  }
  return {
    push(value, over) {
      messages.push({ value, over })
      stir()
    },
    waiting: messages,
    end(reason) {
      ended ??= { reason }
      stir()
    },
    loop: openLoop,
  }
}
