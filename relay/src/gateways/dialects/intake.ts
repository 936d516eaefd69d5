import type { Connection } from '../connections/connection.js'

/** Bytes of a client's publishes that a broker may still have to confirm. */
const mostUnderWay = 1024 * 1024

/** What even an empty publish takes. */
const eachTakes = 1024

/** Slows down a client that publishes faster than its broker takes it: its connection is not read for a while, so that TCP holds the client back and nothing piles up here. */
export class Intake {
  readonly #connection: Connection
  #underWay = 0
  #resume: (() => void) | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** A publish of so many bytes is under way, until what is returned is called. */
  begin(bytes: number): () => void {
    const takes = bytes + eachTakes
    this.#underWay += takes
    if (this.#underWay > mostUnderWay) this.#resume ??= this.#connection.pause()
    return () => {
      this.#underWay -= takes
      if (this.#underWay > mostUnderWay / 2) return
      this.#resume?.()
      this.#resume = undefined
    }
  }
}
