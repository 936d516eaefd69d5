/** Items in order, any of which may be forgotten. Forgotten ones leave the list in bulk. */
export class ForgettingList<Item> {
  readonly #isForgotten: (item: Item) => boolean
  #items: Item[] = []
  /** The index of the first item that is left. */
  #start = 0
  #size = 0

  constructor(isForgotten: (item: Item) => boolean) {
    this.#isForgotten = isForgotten
  }

  /** The number of items that are left. */
  get size(): number {
    return this.#size
  }

  /** All items in order, with some that were forgotten. */
  get items(): readonly Item[] {
    return this.#items
  }

  /** The first item that is left. */
  get first(): Item | undefined {
    return this.#items[this.#start]
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#size++
  }

  /** One more item was forgotten. */
  forgot(): void {
    this.#size--
    while (this.#start < this.#items.length && this.#isForgotten(this.#items[this.#start] as Item)) this.#start++
    // Each removal moves all items, so half of them are forgotten before it.
    if (this.#items.length < 2 * this.#size + 16) return
    this.#items = this.#items.filter((item) => !this.#isForgotten(item))
    this.#start = 0
  }
}

/** Returns the index of the first item for which `isAfter` is true, as it is for all later ones. */
export function firstAfter<Item>(items: readonly Item[], isAfter: (item: Item) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isAfter(items[middle] as Item)) high = middle
    else low = middle + 1
  }
  return low
}
