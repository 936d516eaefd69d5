import { type Client, createClient, type WildcastError } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { realClock } from '../../src/index.js'
import type { History, Outcome, Received } from './history.js'

/** Publishers and subscribers of one broker, which record what they receive. */
export interface Crowd {
  /** Returns the history so far. */
  history(): History
  /** Waits until every subscriber has received another message of each of its publishers. */
  untilAllReceive(): Promise<void>
  /**
   * Stops publishing. Resolves when all outcomes are known, and the last confirmed messages were
   * received.
   */
  settle(): Promise<void>
}

export interface CrowdOptions {
  /** `ws://127.0.0.1:<port>` */
  readonly url: string
  readonly broker: string
  readonly publishers: number
  readonly subscribers: number
}

/** The pace of each publisher: fast enough that every fault meets messages in flight. */
const paceMs = 10

const pause = (ms: number): Promise<void> => new Promise((resolve) => void realClock.after(ms, resolve))

/**
 * Opens a client for each subscriber and publisher; every other subscriber has two publishers, by a
 * wildcard.
 */
export async function gather({ url, broker, publishers, subscribers }: CrowdOptions): Promise<Crowd> {
  const published = new Map<string, Outcome[]>()
  const subscriptions = new Map<string, { publishers: string[]; received: Received[] }>()
  const clients: Client[] = []
  const groups = publishers / 2
  const subjectOf = (publisher: number): string => `chaos.p${publisher}.g${publisher % groups}`
  const connect = (): Client => {
    const client = createClient({ url, WebSocket, broker, onError: () => {} })
    clients.push(client)
    return client
  }
  onTestFinished(() => {
    for (const client of clients) client.close()
  })

  await Promise.all(
    Array.from({ length: subscribers }, async (_, i) => {
      const first = i % publishers
      const exact = i % 2 === 0
      const indexes = exact ? [first] : [first, (first + groups) % publishers]
      const subscription = { publishers: indexes.map((n) => `p${n}`), received: [] as Received[] }
      subscriptions.set(`s${i}`, subscription)
      await new Promise<void>((resolve) =>
        connect().subscribe(
          exact ? subjectOf(first) : `chaos.*.g${first % groups}`,
          (message) => {
            const [publisher, n] = message.text().split(' ') as [string, string]
            subscription.received.push({ message: { publisher, n: Number(n) } })
          },
          {
            onGap: () => subscription.received.push('gap'),
            onStatus: (status) => status === 'ready' && resolve(),
          },
        ),
      )
    }),
  )

  let done = false
  const working = Array.from({ length: publishers }, async (_, i) => {
    const client = connect()
    const name = `p${i}`
    const outcomes: Outcome[] = []
    published.set(name, outcomes)
    while (!done) {
      const payload = `${name} ${outcomes.length + 1}`
      const at = outcomes.push('unknown') - 1
      outcomes[at] = await client.publish(subjectOf(i), payload).catch(
        // Only a message that was never sent can't arrive.
        ({ code }: WildcastError): Outcome => (code === 'broker_down' ? 'rejected' : 'unknown'),
      )
      await pause(paceMs)
    }
  })

  const lastReceived = (name: string, publisher: string): number =>
    Math.max(
      0,
      ...(subscriptions.get(name)?.received ?? []).map((event) =>
        event !== 'gap' && event.message.publisher === publisher ? event.message.n : 0,
      ),
    )

  async function untilAllReceive(): Promise<void> {
    const from = new Map([...published].map(([name, outcomes]) => [name, outcomes.length]))
    for (const [name, { publishers }] of subscriptions)
      for (const publisher of publishers)
        while (lastReceived(name, publisher) <= (from.get(publisher) ?? 0)) await pause(paceMs)
  }

  return {
    history: () => ({ published, subscriptions }),
    untilAllReceive,
    async settle() {
      await untilAllReceive()
      done = true
      await Promise.all(working)
      for (const [name, { publishers }] of subscriptions)
        for (const publisher of publishers) {
          const last = (published.get(publisher) ?? []).lastIndexOf('confirmed') + 1
          while (lastReceived(name, publisher) < last) await pause(paceMs)
        }
    },
  }
}
