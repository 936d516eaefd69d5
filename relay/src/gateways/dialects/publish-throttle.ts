import type { ClientConnection } from '../connections/connection.js'

/** Limit of a client's publishes that its broker has not confirmed, in bytes. */
const mostPending = 1024 * 1024

/** The bytes that an empty publish counts. */
const publishOverhead = 1024

/**
 * Slows down a client that publishes faster than its broker confirms: it pauses the connection, so
 * that TCP holds the client back and nothing piles up here.
 */
export class PublishThrottle {
  #connection: ClientConnection | undefined
  #pending = 0
  #resume: (() => void) | undefined
  #confirmed: (() => void) | undefined

  constructor(connection: ClientConnection | undefined) {
    this.#connection = connection
  }

  /** The client has left its connection, and may be back on another one. */
  moveTo(connection: ClientConnection | undefined): void {
    this.#connection = connection
    this.#resume = undefined
    this.#pause()
  }

  /** Counts a pending publish of `bytes` until the returned function is called. */
  begin(bytes: number): () => void {
    const takes = bytes + publishOverhead
    this.#pending += takes
    this.#pause()
    return () => {
      this.#pending -= takes
      if (this.#pending === 0) this.#confirmed?.()
      if (this.#pending > mostPending / 2) return
      this.#resume?.()
      this.#resume = undefined
    }
  }

  /** Resolves when no publish is pending. */
  whenConfirmed(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#confirmed = resolve
    })
  }

  #pause(): void {
    if (this.#pending > mostPending) this.#resume ??= this.#connection?.pause()
  }
}
