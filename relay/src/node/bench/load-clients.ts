import { performance } from 'node:perf_hooks'
import { type Message, WildcastError } from '@wildcast/client'
import { realClock } from '../../core/clock.js'
import { LatencyHistogram } from './latency-histogram.js'
import { type LoadClient, loadClient } from './load-client.js'
import type { LoadFigures } from './load-messages.js'
import { evenly } from './load-pace.js'
import type { LoadShare } from './load-plan.js'
import { readStamp, stampLength, stampText } from './load-stamp.js'
import { SeenMessages } from './seen-messages.js'

/** The most that connect at once: a relay that accepts thousands at a time answers late. */
const joinAtOnce = 32
/** More unconfirmed publishes of a thread would only fill memory. */
const mostPending = 20_000

/** Returns the time of the machine in microseconds, which all threads share. */
const nowUs = (): number => Number(process.hrtime.bigint() / 1000n)

/** The clients of one thread. They publish at an even rate, and time the messages that arrive. */
export class LoadClients {
  readonly #share: LoadShare
  readonly #filler: string
  readonly #clients: LoadClient[] = []
  readonly #latencies: LatencyHistogram = new LatencyHistogram()
  readonly #errors: Record<string, number> = {}
  readonly #counts = {
    ...{ published: 0, confirmed: 0, unknown: 0, withheld: 0, pending: 0 },
    ...{ received: 0, duplicates: 0, lateMs: 0 },
  }
  #begun: ReturnType<typeof performance.eventLoopUtilization> = performance.eventLoopUtilization()
  #unpace: () => void = () => {}

  constructor(share: LoadShare) {
    this.#share = share
    this.#filler = 'x'.repeat(share.plan.size - stampLength - 2) // data of text has two quotes
  }

  /** Connects and subscribes all. `report` is called for each, and for each error on the way. */
  async join(report: (clients: number, error?: string) => void): Promise<void> {
    const { plan, first, count } = this.#share
    let [next, joined, isJoining] = [first, 0, true]
    const failed = (error: WildcastError): void => {
      if (isJoining) report(joined, `${error.code}: ${error.message}`)
      else this.#failed(error)
    }
    const joinSome = async (): Promise<void> => {
      while (next < first + count) {
        const seen = new SeenMessages()
        const received = (message: Message): void => this.#received(message, seen)
        const client = loadClient(next++, plan, { received, failed })
        this.#clients.push(client)
        await client.ready
        report(++joined)
      }
    }
    await Promise.all(Array.from({ length: joinAtOnce }, joinSome))
    isJoining = false
  }

  start(): void {
    const { plan, count } = this.#share
    this.#begun = performance.eventLoopUtilization()
    const options = {
      rate: (plan.rate * count) / plan.clients,
      seconds: plan.seconds,
      send: (number: number) => this.#publish(number),
      onLate: (ms: number) => {
        this.#counts.lateMs = Math.max(this.#counts.lateMs, ms)
      },
    }
    this.#unpace = evenly(options, realClock)
  }

  /** Publishes no more. */
  stop(): void {
    this.#unpace()
  }

  figures(): LoadFigures {
    return {
      ...this.#counts,
      errors: { ...this.#errors },
      latencies: this.#latencies.toData(),
      busy: performance.eventLoopUtilization(this.#begun).utilization,
    }
  }

  close(): void {
    this.stop()
    for (const { client } of this.#clients) client.close()
  }

  #publish(number: number): void {
    const index = number % this.#clients.length
    const one = this.#clients[index]
    const counts = this.#counts
    if (!one || counts.pending >= mostPending) {
      counts.withheld++
      return
    }
    const publisher = this.#share.first + index
    const sequence = Math.floor(number / this.#clients.length)
    counts.published++
    counts.pending++
    one.client
      .publish(one.subject, stampText({ timeUs: nowUs(), publisher, sequence }) + this.#filler)
      .then(
        (outcome) => counts[outcome]++,
        (cause: unknown) => this.#failed(WildcastError.from(cause)),
      )
      .finally(() => counts.pending--)
  }

  #received(message: Message, seen: SeenMessages): void {
    const text = message.text()
    const stamp = readStamp(text.startsWith('"') ? text.slice(1, 1 + stampLength) : text)
    if (!seen.add(stamp)) {
      this.#counts.duplicates++
      return
    }
    this.#counts.received++
    this.#latencies.add(nowUs() - stamp.timeUs)
  }

  #failed({ code }: WildcastError): void {
    this.#errors[code] = (this.#errors[code] ?? 0) + 1
  }
}
