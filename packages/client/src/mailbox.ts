/** What comes, kept until a loop takes it. */
export interface Mailbox<Item> {
  put(item: Item): void
  /** Nothing comes any more; with a reason, the loop throws it after the last item. The first call counts. */
  end(reason?: Error): void
  /** Every item, until the end. */
  items(): AsyncGenerator<Item, void>
}

/** Opens a mailbox. It has no bound: a slow loop loses nothing. */
export function openMailbox<Item>(): Mailbox<Item> {
  let waiting: Item[] = []
  let end: { readonly reason: Error | undefined } | undefined
  let stir: (() => void) | undefined
  return {
    put(item) {
      waiting.push(item)
      stir?.()
    },
    end(reason) {
      end ??= { reason }
      stir?.()
    },
    async *items() {
      while (true) {
        const batch = waiting
        waiting = []
        yield* batch
        if (waiting.length > 0) continue
        if (end?.reason) throw end.reason
        if (end) return
        await new Promise<void>((resolve) => {
          stir = resolve
        })
      }
    },
  }
}
