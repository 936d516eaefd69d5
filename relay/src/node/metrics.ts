import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import type { Observer } from '../core/observer.js'
import { onlyBy } from '../gateways/endpoints/only-by.js'
import type { Gateway } from '../gateways/gateway.js'
import { BrokerCounts } from './broker-counts.js'

/** The figures of one process, as plain data that can be sent to another one. */
export type Figures = readonly MetricObjectWithValues<MetricValue<string>>[]

/** The options of `metrics`. */
export interface MetricsOptions {
  /** Returns the figures of all processes, to report their sum. @default this process's own */
  readonly all?: (() => Promise<readonly Figures[]>) | undefined
}

/** The metrics of a relay. */
export interface Metrics {
  /** Counts the events of a relay. */
  readonly observer: Observer
  /** `GET /metrics`, in the text form of Prometheus. */
  readonly gateway: Gateway
  /** Whether a broker has confirmed a message so far. */
  hasPublished(): boolean
  /** Returns the current figures. */
  figures(): Promise<Figures>
}

/**
 * Opens a registry of its own, so that several relays fit into one process. Labels are names of
 * brokers and components, and constants, never a client's input.
 */
export function metrics({ all }: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  const { hasPublished, ...messages } = countMessages(registry)
  collectDefaultMetrics({ register: registry })
  registry.removeSingleMetric('nodejs_version_info') // no answer names a version
  const text = async (): Promise<string> =>
    all ? AggregatorRegistry.aggregate([...(await all())]).metrics() : registry.metrics()

  return {
    hasPublished,
    figures: () => registry.getMetricsAsJSON(),
    observer: { ...countRest(registry), ...messages },
    gateway({ routes }) {
      routes.get('/metrics', async (c) => c.text(await text(), 200, { 'content-type': registry.contentType }))
      routes.all('/metrics', (c) => onlyBy(c, 'GET, HEAD'))
    },
  }
}

/** Counts what happens for each message. */
interface MessageCounts extends Pick<Observer, 'published' | 'delivered' | 'subscriptions' | 'timed'> {
  hasPublished(): boolean
}

function countMessages(registry: Registry): MessageCounts {
  const published = new BrokerCounts()
  const delivered = new BrokerCounts()
  const subscriptions = new BrokerCounts()
  const registers = [registry]
  const labelNames = ['broker']
  const names = { labelNames, registers }
  new Counter({
    name: 'wildcast_published_total',
    help: 'Messages that a broker has confirmed',
    ...names,
    collect() {
      published.writeTo(this)
    },
  })
  new Counter({
    name: 'wildcast_delivered_total',
    help: 'Deliveries of messages to subscribers: a message counts once for each',
    ...names,
    collect() {
      delivered.writeTo(this)
    },
  })
  new Gauge({
    name: 'wildcast_subscriptions',
    help: 'Subscriptions of clients that are open',
    ...names,
    collect() {
      subscriptions.writeTo(this)
    },
  })
  const seconds = new Histogram({
    name: 'wildcast_publish_seconds',
    help: 'Time until a broker has confirmed a publish; one of 16 publishes is timed',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    ...names,
  })
  return {
    hasPublished: () => !published.isEmpty,
    published: (broker) => published.add(broker, 1),
    delivered: (broker, subscribers) => delivered.add(broker, subscribers),
    subscriptions: (broker, by) => subscriptions.add(broker, by),
    timed: (broker, ms) => seconds.observe({ broker }, ms / 1000),
  }
}

/** Counts everything that does not happen for each message. */
function countRest(registry: Registry): Omit<Observer, keyof MessageCounts> {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers })
  const up = new Gauge({
    name: 'wildcast_broker_up',
    help: 'Whether a broker is reached',
    labelNames: ['broker'],
    aggregator: 'min', // reached by all
    registers,
  })
  const changes = counter('wildcast_broker_changes_total', 'Broker connections opened or lost', ['broker', 'status'])
  const failed = counter('wildcast_publish_failures_total', 'Publishes that failed', ['broker', 'code'])
  const dropped = counter('wildcast_dropped_total', 'Broker messages that reached no subscriber', ['broker', 'why'])
  const missed = counter('wildcast_missed_total', 'Messages that slow readers were not sent', ['broker'])
  const cutOff = counter('wildcast_slow_consumers_total', 'Readers that were cut off', [])
  const refused = counter('wildcast_refused_total', 'Actions of clients that were refused', ['action', 'code'])
  const connections = new Gauge({
    name: 'wildcast_connections',
    help: 'Clients by the state of their connection: entering, open, or away in a session without one',
    labelNames: ['state'],
    registers,
  })
  const runsHelp = 'Messages that a component has finished'
  const runs = counter('wildcast_component_runs_total', runsHelp, ['component', 'outcome'])
  return {
    status(broker, now) {
      up.set({ broker }, now === 'up' ? 1 : 0)
      changes.inc({ broker, status: now })
    },
    failed: (broker, code) => failed.inc({ broker, code }),
    missed: (broker) => missed.inc({ broker }),
    cutOff: () => cutOff.inc(),
    dropped: (broker, why) => dropped.inc({ broker, why }),
    refused: (action, code) => refused.inc({ action, code }),
    connections: (state, by) => connections.inc({ state }, by),
    component: (component, outcome) => runs.inc({ component, outcome }),
  }
}
