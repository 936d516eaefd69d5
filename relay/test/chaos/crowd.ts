import { type Client, createClient, type WildcastError } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { realClock } from '../../src/index.js'
import type { Heard, History, Outcome } from './history.js'

/** Publishers and subscribers of one broker, who write down what they are told. */
export interface Crowd {
  /** So far. */
  history(): History
  /**
   * Waits until every subscriber has heard another message of each publisher that it listens to.
   */
  hearsAll(): Promise<void>
  /**
   * Ends publishing; resolves when the last outcome is known and whatever was confirmed last has
   * been heard.
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

/** Each publisher's pace: quick enough that every fault meets messages under way. */
const paceMs = 10

const pause = (ms: number): Promise<void> => new Promise((resolve) => void realClock.after(ms, resolve))

/**
 * A client for each subscriber and for each publisher; every other subscriber listens to two
 * publishers, by a wildcard.
 */
export async function gather({ url, broker, publishers, subscribers }: CrowdOptions): Promise<Crowd> {
  const published = new Map<string, Outcome[]>()
  const subscriptions = new Map<string, { hears: string[]; heard: Heard[] }>()
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
      const hears = exact ? [first] : [first, (first + groups) % publishers]
      const subscription = { hears: hears.map((n) => `p${n}`), heard: [] as Heard[] }
      subscriptions.set(`s${i}`, subscription)
      await new Promise<void>((resolve) =>
        connect().subscribe(
          exact ? subjectOf(first) : `chaos.*.g${first % groups}`,
          (message) => {
            const [publisher, n] = message.text().split(' ') as [string, string]
            subscription.heard.push({ message: { publisher, n: Number(n) } })
          },
          {
            onGap: () => subscription.heard.push('gap'),
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
        // Only what was never sent can't arrive.
        ({ code }: WildcastError): Outcome => (code === 'broker_down' ? 'rejected' : 'unknown'),
      )
      await pause(paceMs)
    }
  })

  const lastHeard = (name: string, publisher: string): number =>
    Math.max(
      0,
      ...(subscriptions.get(name)?.heard ?? []).map((event) =>
        event !== 'gap' && event.message.publisher === publisher ? event.message.n : 0,
      ),
    )

  async function hearsAll(): Promise<void> {
    const from = new Map([...published].map(([name, outcomes]) => [name, outcomes.length]))
    for (const [name, { hears }] of subscriptions)
      for (const publisher of hears)
        while (lastHeard(name, publisher) <= (from.get(publisher) ?? 0)) await pause(paceMs)
  }

  return {
    history: () => ({ published, subscriptions }),
    hearsAll,
    async settle() {
      await hearsAll()
      done = true
      await Promise.all(working)
      for (const [name, { hears }] of subscriptions)
        for (const publisher of hears) {
          const last = (published.get(publisher) ?? []).lastIndexOf('confirmed') + 1
          while (lastHeard(name, publisher) < last) await pause(paceMs)
        }
    },
  }
}
