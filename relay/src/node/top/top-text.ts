import { shortBytes, shortNumber, shortTime } from '../screen/figures.js'
import { tableOf } from '../screen/print-table.js'
import type { ScreenLine } from '../screen/screen-line.js'
import type { BrokerRates, LoadOfRelay } from './load-of-relay.js'
import type { ShownRelay } from './watch-relays.js'

/** A busy event loop delays each message by as much. */
const badLagMs = 200

const columns = ['broker', 'link', 'subscriptions', 'in/s', 'out/s', 'publish p50', 'p99', 'failed/s', 'missed/s']

/** The relays as lines. */
export function topLines(relays: readonly ShownRelay[]): readonly ScreenLine[] {
  return relays.flatMap((relay, i) => [...(i === 0 ? [] : [{ text: '' }]), ...linesOf(relay)])
}

function linesOf(relay: ShownRelay): readonly ScreenLine[] {
  if (relay.rates) return [...relayLines(relay.address, relay.rates), ...brokerLines(relay.rates)]
  return relay.error === undefined
    ? [{ text: `${relay.address}  reading…`, as: 'weak' }]
    : [{ text: `${relay.address}  ${relay.error}`, as: 'bad' }]
}

function relayLines(address: string, rates: LoadOfRelay): readonly ScreenLine[] {
  const { connections, sessions, refusals, refusalsByCode, cutOff, lagMs, memoryBytes, cpu } = rates
  const { open = 0, entering = 0, away = 0 } = connections
  const codes = Object.entries(refusalsByCode).map(([code, rate]) => `${code} ${shortNumber(rate)}`)
  const refused = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  return [
    { text: address, as: 'strong' },
    { text: `connections ${open} open, ${entering} entering, ${away} away   sessions ${sessions}` },
    {
      text: `cpu ${Math.round(cpu * 100)} %   memory ${shortBytes(memoryBytes)}   event loop p99 ${shortTime(lagMs)}`,
      ...(lagMs >= badLagMs && { as: 'warning' }),
    },
    {
      text: `refused ${shortNumber(refusals)}/s${refused}   slow readers cut off ${cutOff}`,
      ...(refusals > 0 && { as: 'warning' }),
    },
  ]
}

function brokerLines({ brokers }: LoadOfRelay): readonly ScreenLine[] {
  const [heading = '', ...rows] = tableOf(columns, brokers.map(rowOf)).trimEnd().split('\n')
  return [
    { text: heading, as: 'weak' },
    ...rows.map((text, i) => (brokers[i]?.isUp ? { text } : ({ text, as: 'bad' } as const))),
  ]
}

function rowOf(broker: BrokerRates): Readonly<Record<string, unknown>> {
  const time = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : shortTime(ms))
  return {
    broker: broker.name,
    link: broker.isUp ? 'up' : 'down',
    subscriptions: broker.subscriptions,
    'in/s': shortNumber(broker.published),
    'out/s': shortNumber(broker.delivered),
    'publish p50': time(broker.p50Ms),
    p99: time(broker.p99Ms),
    'failed/s': shortNumber(broker.failed),
    'missed/s': shortNumber(broker.missed),
  }
}

/** The relays as one JSON object. */
export function topJson(relays: readonly ShownRelay[], at: number): object {
  return { at: new Date(at).toISOString(), relays: relays.map(jsonOf) }
}

function jsonOf(relay: ShownRelay): object {
  if (!relay.rates) return { relay: relay.address, error: relay.error ?? null }
  const { cutOff, refusals, refusalsByCode, lagMs, memoryBytes, brokers, cpu, ...counts } = relay.rates
  return {
    relay: relay.address,
    ...counts,
    cpu: rounded(cpu),
    slow_readers_cut_off: cutOff,
    refused_per_second: rounded(refusals),
    refused_by_code: Object.fromEntries(Object.entries(refusalsByCode).map(([code, rate]) => [code, rounded(rate)])),
    event_loop_p99_ms: rounded(lagMs),
    memory_bytes: memoryBytes,
    brokers: brokers.map(({ name, isUp, subscriptions, published, delivered, failed, missed, p50Ms, p99Ms }) => ({
      broker: name,
      up: isUp,
      subscriptions,
      in_per_second: rounded(published),
      out_per_second: rounded(delivered),
      failed_per_second: rounded(failed),
      missed_per_second: rounded(missed),
      publish_ms: { p50: orNull(p50Ms), p99: orNull(p99Ms) },
    })),
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

const orNull = (value: number | undefined): number | null => (value === undefined ? null : rounded(value))
