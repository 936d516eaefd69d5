import { WildcastError } from '@wildcast/protocol'

/** The newest term that a relay has seen at a Redis, over all its connections. */
export interface NewestTerm {
  /** Empty if it has seen none. */
  text: string
}

/** Compares the terms that one connection sees. */
export class Terms {
  readonly #newest: NewestTerm
  #present: string

  /** @param present the term when the connection began, empty if there were no values */
  constructor(newest: NewestTerm, present: string) {
    this.#newest = newest
    this.#present = present
    this.#remember(present)
  }

  /** The newest term that the relay has seen. */
  get newest(): string {
    return this.#newest.text
  }

  /**
   * Checks the term that Redis has now.
   * @throws {WildcastError} `broker_down` if the values are others than before (`FLUSHALL`,
   * `DEL`, an evicted key): subscribers have values that are gone, so the link begins again, with a
   * gap
   */
  check(present: string): void {
    const before = this.#present
    this.#present = present
    this.#remember(present)
    if (before !== '' && before !== present)
      throw new WildcastError('broker_down', 'the values of this Redis were replaced or dropped; reading them again')
  }

  #remember(term: string): void {
    if (term > this.#newest.text) this.#newest.text = term
  }
}
