import type { Client, WildcastError } from '@wildcast/client'
import type { Outcome, Received } from '../chaos/history.js'

// Runs in Node and in a page.

/**
 * A client that publishes numbered messages, subscribes to those of all, and records what it
 * receives.
 */
export interface Participant {
  /** The outcomes of its publishes: the nth has the index n − 1. */
  readonly outcomes: readonly Outcome[]
  readonly received: readonly Received[]
  /** Resolves when its subscription is ready. */
  readonly ready: Promise<void>
  begin(paceMs: number): void
  /** Stops publishing. Resolves when the last outcome is known. */
  end(): Promise<void>
}

export function participate(client: Client, name: string): Participant {
  const outcomes: Outcome[] = []
  const received: Received[] = []
  const pending = new Set<Promise<void>>()
  let pace: ReturnType<typeof setInterval> | undefined
  const ready = new Promise<void>((resolve) => {
    client.subscribe(
      'loss.*',
      (message) => {
        const [publisher = '', n] = message.text().split(' ')
        received.push({ message: { publisher, n: Number(n) } })
      },
      { onGap: () => void received.push('gap'), onStatus: (status) => status === 'ready' && resolve() },
    )
  })

  /** Many are in flight: none waits for the previous one. */
  function publish(): void {
    const at = outcomes.push('unknown') - 1
    const sent = client
      .publish(`loss.${name}`, `${name} ${outcomes.length}`)
      .catch(({ code }: WildcastError): Outcome => (code === 'interrupted' ? 'unknown' : 'rejected'))
      .then((outcome) => {
        outcomes[at] = outcome
        pending.delete(sent)
      })
    pending.add(sent)
  }

  return {
    outcomes,
    received,
    ready,
    begin(paceMs) {
      pace = setInterval(publish, paceMs)
    },
    async end() {
      clearInterval(pace)
      await Promise.all(pending)
    },
  }
}
