import type { Message } from './message.js'

type Result = IteratorResult<Message, undefined>

/** A call of `next()` that has no message yet. */
interface Waiter {
  readonly loop: symbol
  resolve(result: Result): void
  reject(reason: unknown): void
}

const done: Result = { done: true, value: undefined }

/**
 * The messages of a subscription, for any number of loops: each message goes to one of them. Not an async generator, whose `return()` waits until the message comes
 * that its `next()` waits for.
 */
export class MessageQueue {
  // No bound: a slow loop loses nothing.
  readonly #messages: Message[] = []
  readonly #loops = new Set<symbol>()
  readonly #abandoned: () => void
  #waiters: Waiter[] = []
  #end: { readonly reason: unknown } | undefined

  /** @param abandoned - called when the last loop has left */
  constructor(abandoned: () => void) {
    this.#abandoned = abandoned
  }

  push(message: Message): void {
    if (this.#end) return
    const waiter = this.#waiters.shift()
    if (waiter) waiter.resolve({ done: false, value: message })
    else this.#messages.push(message)
  }

  /** Ends every loop once the messages are taken. With a reason, each loop rejects with it. */
  end(reason?: unknown): void {
    if (this.#end) return
    this.#end = { reason }
    for (const { loop, resolve, reject } of this.#waiters.splice(0))
      if (this.#loops.delete(loop) && reason) reject(reason)
      else resolve(done)
  }

  loop(): AsyncIterableIterator<Message, undefined> {
    const loop = Symbol('loop')
    this.#loops.add(loop)
    const leave = (): void => this.#leave(loop)
    const iterator: AsyncIterableIterator<Message, undefined> = {
      next: () => this.#next(loop),
      async return(value) {
        leave()
        return { done: true, value: await value }
      },
      async throw(reason) {
        leave()
        throw reason
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  async #next(loop: symbol): Promise<Result> {
    if (!this.#loops.has(loop)) return done
    const message = this.#messages.shift()
    if (message) return { done: false, value: message }
    if (!this.#end) return new Promise((resolve, reject) => this.#waiters.push({ loop, resolve, reject }))
    this.#loops.delete(loop)
    if (this.#end.reason) throw this.#end.reason
    return done
  }

  #leave(loop: symbol): void {
    if (!this.#loops.delete(loop)) return
    for (const waiter of this.#waiters) if (waiter.loop === loop) waiter.resolve(done)
    this.#waiters = this.#waiters.filter((waiter) => waiter.loop !== loop)
    if (this.#loops.size > 0) return
    this.#messages.length = 0
    this.#abandoned()
  }
}
