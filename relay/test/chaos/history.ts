/** The outcome of a publish, as its publisher learned it. */
export type Outcome = 'confirmed' | 'rejected' | 'unknown'

/** One message: a publisher's nth. */
export interface Numbered {
  readonly publisher: string
  readonly n: number
}

/** An event of a subscription. */
export type Received = { readonly message: Numbered } | 'gap'

/** Everything that happened on one broker. */
export interface History {
  /** By publisher; the outcome of the nth publish has the index n − 1. */
  readonly published: ReadonlyMap<string, readonly Outcome[]>
  /** By subscription; each began before the first publish, with the publishers that it names. */
  readonly subscriptions: ReadonlyMap<
    string,
    { readonly publishers: readonly string[]; readonly received: readonly Received[] }
  >
}

/**
 * Describes all broken promises. A subscription receives every publisher's messages in order and
 * none twice; a missing one was never confirmed, or a gap precedes the next message. No message is
 * received that was not published.
 */
export function brokenPromises({ published, subscriptions }: History): string[] {
  return [...subscriptions].flatMap(([name, { publishers, received }]) =>
    publishers.flatMap((publisher) =>
      check(received, publisher, published.get(publisher) ?? []).map((fault) => `${name}: ${fault}`),
    ),
  )
}

function check(received: readonly Received[], publisher: string, outcomes: readonly Outcome[]): string[] {
  const faults: string[] = []
  let last = 0
  let gap = false
  const miss = (to: number): void => {
    for (let n = last + 1; n < to; n++)
      if (outcomes[n - 1] === 'confirmed' && !gap)
        faults.push(`${publisher} ${n} was confirmed, is missing, and no gap covers it`)
  }
  for (const event of received) {
    if (event === 'gap') {
      gap = true
      continue
    }
    const { publisher: by, n } = event.message
    if (by !== publisher) continue
    if (n > outcomes.length) faults.push(`${publisher} ${n} was never published`)
    else if (outcomes[n - 1] === 'rejected') faults.push(`${publisher} ${n} came, and its publisher got a rejection`)
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
