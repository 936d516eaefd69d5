import { client } from '../bridge.js'
import { pollMetrics, useRelayMetrics } from '../relay-metrics.js'
import { traffic } from '../traffic.js'
import { everyMs } from '../ui/frames.js'
import { bandwidth, delivered, latency, packers, prices, quoteRates, received, sensors, throughput } from './data.js'
import { keepLoad } from './load.js'
import { probeBrokers } from './probes.js'
import { followAll } from './streams.js'
import { slotMs } from './timeline.js'

/** Begins everything that is live while the dashboard is open. Returns the undo. */
export function goLive(): () => void {
  skipTraffic()
  const undos = [
    onceKnown(followAll),
    onceKnown(probeBrokers),
    pollMetrics(),
    followPublished(),
    keepLoad(),
    everyMs(slotMs, tick),
  ]
  return () => {
    for (const undo of undos) undo()
  }
}

/** Begins when the brokers are known, and again if a relay has other ones. */
function onceKnown(begin: () => () => void): () => void {
  let known = ''
  let undo: (() => void) | undefined
  const look = (): void => {
    const names = client.welcome?.brokers.map(({ name }) => name).join() ?? ''
    if (names === known) return
    known = names
    undo?.()
    undo = begin()
  }
  const stop = client.onStatus(look)
  look()
  return () => {
    stop()
    undo?.()
  }
}

/** Computes the rate at which the relay publishes from two readings of its counter. */
function followPublished(): () => void {
  return useRelayMetrics.subscribe(({ published, at }, before) => {
    // A relay that was started again counts from 0.
    if (before.at === 0 || at === before.at || published < before.published) return
    throughput.set(0, ((published - before.published) * 1000) / (at - before.at), at)
  })
}

let before = { ...traffic }

/** Messages that came while the dashboard was closed count for no rate. */
function skipTraffic(): void {
  before = { ...traffic }
}

function tick(): void {
  const now = Date.now()
  received.add(0, traffic.messages - before.messages)
  bandwidth.add(0, traffic.bytes - before.bytes)
  quoteRates.add(0, traffic.quotes - before.quotes)
  quoteRates.add(1, traffic.quoteBytes - before.quoteBytes)
  skipTraffic()
  for (const meters of [packers.meters, received, delivered, bandwidth, quoteRates]) meters.tick(now)
  throughput.set(1, received.rate(0), now)
  for (const gauges of [sensors.gauges, prices.gauges, latency.gauges, throughput]) gauges.tick(now)
}
