import { create } from 'zustand'
import { client, WildcastError } from './bridge.js'

const everyMs = 1000

/** The sums of the relay's metrics. */
interface RelayMetrics {
  /** Whether each broker is reached, by name. */
  readonly up: Readonly<Record<string, boolean>>
  /** Messages that brokers have confirmed, of all. */
  readonly published: number
  /** Messages that slow readers were not sent. */
  readonly missed: number
  /** Publishes that failed. */
  readonly failed: number
  /** When they were read, in milliseconds since 1970; 0 before that. */
  readonly at: number
}

export const useRelayMetrics = create<RelayMetrics>()(() => ({ up: {}, published: 0, missed: 0, failed: 0, at: 0 }))

/** Reads the metrics once a second while the page is online. Returns the undo. */
export function pollMetrics(): () => void {
  const stop = new AbortController()
  const poll = async (): Promise<void> => {
    if (client.status.state !== 'online') return
    const text = await readText(stop.signal)
    if (text === undefined) return
    useRelayMetrics.setState({ ...parseMetrics(text), at: Date.now() })
  }
  const timer = setInterval(() => void poll(), everyMs)
  void poll()
  return () => {
    clearInterval(timer)
    stop.abort()
  }
}

/** Attempts in a row without a demo beside the relay. After a few, the relay itself is asked. */
let withoutDemo = 0
const mostWithoutDemo = 3

/**
 * The demo passes the metrics on, since its relay has them at the port for operators. A relay alone
 * has them at its own. Undefined if they can't be read now: the next poll follows.
 */
async function readText(signal: AbortSignal): Promise<string | undefined> {
  try {
    if (withoutDemo < mostWithoutDemo) {
      const { data } = await client.request('demo.metrics', {}, { timeoutMs: 5000, signal })
      withoutDemo = 0
      return data
    }
    const response = await fetch('/metrics', { signal })
    return response.ok ? await response.text() : undefined
  } catch (error) {
    if (error instanceof WildcastError && error.code === 'no_responders') withoutDemo++
    return undefined
  }
}

/** Reads the text form of Prometheus. */
export function parseMetrics(text: string): Omit<RelayMetrics, 'at'> {
  const up: Record<string, boolean> = {}
  const sums: Record<string, number> = {}
  for (const [, name = '', labels = '', value] of text.matchAll(/^(wildcast_\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    sums[name] = (sums[name] ?? 0) + Number(value)
    const broker = /broker="([^"]*)"/.exec(labels)?.[1]
    if (name === 'wildcast_broker_up' && broker !== undefined) up[broker] = value === '1'
  }
  return {
    up,
    published: sums.wildcast_published_total ?? 0,
    missed: sums.wildcast_missed_total ?? 0,
    failed: sums.wildcast_publish_failures_total ?? 0,
  }
}
