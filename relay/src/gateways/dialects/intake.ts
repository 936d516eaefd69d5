import type { ClientConnection } from '../connections/connection.js'

/** Bytes of a client's publishes that a broker may still have to confirm. */
const mostUnderWay = 1024 * 1024

/** What even an empty publish takes. */
const eachTakes = 1024

/**
 * Slows down a client that publishes faster than its broker takes it: its connection is not read
 * for a while, so that TCP holds the client back and nothing piles up here.
 */
export class Intake {
  #connection: ClientConnection | undefined
  #underWay = 0
  #resume: (() => void) | undefined
  #confirmed: (() => void) | undefined

  constructor(connection: ClientConnection | undefined) {
    this.#connection = connection
  }

  /** The client has left its connection, and perhaps come back over another one. */
  moveTo(connection: ClientConnection | undefined): void {
    this.#connection = connection
    this.#resume = undefined
    this.#pause()
  }

  /** A publish of so many bytes is under way, until what is returned is called. */
  begin(bytes: number): () => void {
    const takes = bytes + eachTakes
    this.#underWay += takes
    this.#pause()
    return () => {
      this.#underWay -= takes
      if (this.#underWay === 0) this.#confirmed?.()
      if (this.#underWay > mostUnderWay / 2) return
      this.#resume?.()
      this.#resume = undefined
    }
  }

  /** Resolves when no publish is under way. */
  whenConfirmed(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#confirmed = resolve
    })
  }

  #pause(): void {
    if (this.#underWay > mostUnderWay) this.#resume ??= this.#connection?.pause()
  }
}
