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

/** What the loops of a queue share. */
interface Shared {
  /** No bound: a slow loop loses nothing. */
  readonly messages: { readonly value: Message; readonly over: (() => void) | undefined }[]
  readonly loops: Set<Loop>
  ended?: { readonly reason: Error | undefined }
  /** What wakes the loops that wait. */
  readonly asleep: (() => void)[]
  abandoned(): void
}

/** Opens a queue, which calls `abandoned` when its last loop has left. */
export function openMessageQueue(abandoned: () => void): MessageQueue {
  const shared: Shared = { messages: [], loops: new Set(), asleep: [], abandoned }
  return {
    push(value, over) {
      shared.messages.push({ value, over })
      stir(shared)
    },
    waiting: shared.messages,
    end(reason) {
      shared.ended ??= { reason }
      stir(shared)
    },
    loop: () => openLoop(shared),
  }
}

function stir({ asleep }: Shared): void {
  for (const wake of asleep.splice(0)) wake()
}

/**
 * No async generator: the `return()` of one would wait until the message comes that its `next()`
 * waits for.
 */
function openLoop(shared: Shared): Loop {
  const { messages, loops } = shared
  /** Ends the turn of the message that was taken last. */
  let over: (() => void) | undefined
  const leave = (): void => {
    over?.()
    loops.delete(loop)
    stir(shared)
  }
  const quit = (): void => {
    leave()
    if (loops.size > 0) return
    shared.abandoned()
    messages.length = 0
  }
  const loop: Loop = {
    async next() {
      over?.()
      while (loops.has(loop)) {
        const next = messages.shift()
        if (next) {
          over = next.over
          return { done: false, value: next.value }
        }
        const { ended } = shared
        if (ended) {
          leave()
          if (ended.reason) throw ended.reason
        } else await new Promise<void>((resolve) => shared.asleep.push(resolve))
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
