const highest = 65_535

/** The packet ids of one direction: from 1 to 65,535, then again from 1, without those in use. */
export class PacketIds {
  #last = 0

  /** Returns the next id that is not in use. At least one must be free. */
  next(isUsed: (id: number) => boolean): number {
    do this.#last = (this.#last % highest) + 1
    while (isUsed(this.#last))
    return this.#last
  }
}
