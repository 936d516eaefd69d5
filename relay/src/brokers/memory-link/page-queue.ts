import type { Clock } from '../../core/clock.js'
import type { Soon } from '../../core/store.js'

/** The part of a socket that a page waits for. */
export interface Outgoing {
  /** Whether its reader is behind. */
  readonly writableNeedDrain: boolean
  once(event: 'drain', run: () => void): unknown
}

/**
 * Runs the page requests of one relay in order: each when the relay has read the pages before it,
 * so that never more than one of them waits in the socket.
 */
export class PageQueue {
  readonly #socket: Outgoing
  readonly #endOfTurn: Clock['endOfTurn']
  #last: Promise<void> = Promise.resolve()

  constructor(socket: Outgoing, { endOfTurn }: Pick<Clock, 'endOfTurn'>) {
    this.#socket = socket
    this.#endOfTurn = endOfTurn
  }

  /** Resolves with the result of `read`, which runs at most once in a turn of the event loop. */
  async run<Result>(read: () => Soon<Result>): Promise<Result> {
    const before = this.#last
    let end = (): void => {}
    this.#last = new Promise((resolve) => {
      end = resolve
    })
    await before
    if (this.#socket.writableNeedDrain) await new Promise<void>((resolve) => this.#socket.once('drain', resolve))
    try {
      return await read()
    } finally {
      this.#endOfTurn(end) // the page is in the socket then
    }
  }
}
