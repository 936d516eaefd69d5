import type { Client, WildcastError } from '@wildcast/client'
import type { Heard, Outcome } from '../chaos/history.js'

// Runs in Node and in a page.

/**
 * A client that publishes numbered messages and listens to those of all, and what it was notified
 * of.
 */
export interface Participant {
  /** Of its publishes: the nth stands at n − 1. */
  readonly outcomes: readonly Outcome[]
  readonly heard: readonly Heard[]
  /** Resolves when its subscription is there. */
  readonly ready: Promise<void>
  begin(paceMs: number): void
  /** Publishes nothing more. Resolves when the last outcome is known. */
  end(): Promise<void>
}

export function participate(client: Client, name: string): Participant {
  const outcomes: Outcome[] = []
  const heard: Heard[] = []
  const pending = new Set<Promise<void>>()
  let pace: ReturnType<typeof setInterval> | undefined
  const ready = new Promise<void>((resolve) => {
    client.subscribe(
      'loss.*',
      (message) => {
        const [publisher = '', n] = message.text().split(' ')
        heard.push({ message: { publisher, n: Number(n) } })
      },
      { onGap: () => void heard.push('gap'), onStatus: (status) => status === 'ready' && resolve() },
    )
  })

  /** Many are in flight: none waits for the one before. */
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
    heard,
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
