import type { Message } from '../messages/message.js'

/** The messages of a subscription for its loops. Each message goes to one loop. */
export interface MessageQueue {
  /** Calls `done` when the loop that took the message requests the next one or ends. */
  push(message: Message, done?: () => void): void
  /** The messages that no loop has taken. */
  readonly waiting: { length: number }
  /** Ends every loop after the last message. With a reason, each loop rejects with it. */
  end(reason?: Error): void
  loop(): AsyncIterableIterator<Message, undefined>
}

type Loop = AsyncIterableIterator<Message, undefined>

/** The shared state of the loops. */
interface Shared {
  /** Has no limit: a slow loop loses nothing. */
  readonly messages: { readonly value: Message; readonly done: (() => void) | undefined }[]
  readonly loops: Set<Loop>
  ended?: { readonly reason: Error | undefined }
  /** Functions that resume the waiting loops. */
  readonly waiters: (() => void)[]
  abandoned(): void
}

/** Opens a queue, which calls `abandoned` when its last loop has ended. */
export function openMessageQueue(abandoned: () => void): MessageQueue {
  const shared: Shared = { messages: [], loops: new Set(), waiters: [], abandoned }
  return {
    push(value, done) {
      shared.messages.push({ value, done })
      resumeLoops(shared)
    },
    waiting: shared.messages,
    end(reason) {
      shared.ended ??= { reason }
      resumeLoops(shared)
    },
    loop: () => openLoop(shared),
  }
}

function resumeLoops({ waiters }: Shared): void {
  for (const resume of waiters.splice(0)) resume()
}

/** Not an async generator, whose `return()` would wait until the message for a `next()` arrives. */
function openLoop(shared: Shared): Loop {
  const { messages, loops } = shared
  /** Marks the last message as handled. */
  let done: (() => void) | undefined
  const leave = (): void => {
    done?.()
    loops.delete(loop)
    resumeLoops(shared)
  }
  const quit = (): void => {
    leave()
    if (loops.size > 0) return
    shared.abandoned()
    messages.length = 0
  }
  const loop: Loop = {
    async next() {
      done?.()
      while (loops.has(loop)) {
        const next = messages.shift()
        if (next) {
          done = next.done
          return { done: false, value: next.value }
        }
        const { ended } = shared
        if (ended) {
          leave()
          if (ended.reason) throw ended.reason
        } else await new Promise<void>((resolve) => shared.waiters.push(resolve))
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
