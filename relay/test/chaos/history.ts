/** What became of a publish, as its publisher was told. */
export type Outcome = 'confirmed' | 'rejected' | 'unknown'

/** One message: a publisher's nth. */
export interface Numbered {
  readonly publisher: string
  readonly n: number
}

/** What one subscription was told, in order. */
export type Heard = { readonly message: Numbered } | 'gap'

/** Everything that happened on one broker. */
export interface History {
  /** By publisher; the outcome of the nth publish stands at n − 1. */
  readonly published: ReadonlyMap<string, readonly Outcome[]>
  /**
   * By subscription; each was subscribed before the first publish, to all publishers that `hears`
   * names.
   */
  readonly subscriptions: ReadonlyMap<string, { readonly hears: readonly string[]; readonly heard: readonly Heard[] }>
}

/**
 * What was promised and not kept, in words; nothing where all is well. A subscription hears every
 * publisher in order and nothing twice; what is missing was never confirmed, or a gap says so
 * before the next message. Nothing is heard that nobody published.
 */
export function brokenPromises({ published, subscriptions }: History): string[] {
  return [...subscriptions].flatMap(([name, { hears, heard }]) =>
    hears.flatMap((publisher) =>
      check(heard, publisher, published.get(publisher) ?? []).map((fault) => `${name}: ${fault}`),
    ),
  )
}

function check(heard: readonly Heard[], publisher: string, outcomes: readonly Outcome[]): string[] {
  const faults: string[] = []
  let last = 0
  let gap = false
  const miss = (to: number): void => {
    for (let n = last + 1; n < to; n++)
      if (outcomes[n - 1] === 'confirmed' && !gap)
        faults.push(`${publisher} ${n} was confirmed, is missing, and no gap says so`)
  }
  for (const event of heard) {
    if (event === 'gap') {
      gap = true
      continue
    }
    const { publisher: by, n } = event.message
    if (by !== publisher) continue
    if (n > outcomes.length) faults.push(`${publisher} ${n} was never published`)
    else if (outcomes[n - 1] === 'rejected')
      faults.push(`${publisher} ${n} came, and its publisher was notified of a refusal`)
    else if (n <= last) faults.push(`${publisher} ${n} came after ${last}`)
    else {
      miss(n)
      last = n
      gap = false
    }
  }
  miss(outcomes.length + 1)
  return faults
}
