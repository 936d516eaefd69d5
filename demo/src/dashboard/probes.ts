import { client } from '../bridge.js'
import { latency } from './data.js'
import { packer } from './streams.js'

const everyMs = 1000

/**
 * Measures the way over each broker: a message of this page to itself, once a second. Returns the
 * undo.
 */
export function probeBrokers(): () => void {
  const brokers = client.welcome?.brokers ?? []
  for (const { name } of brokers) latency.names.numberOf(name)
  const undos = brokers.map(({ name }) =>
    client.subscribe(
      `probe.${packer}`,
      ({ data, receivedAt }) => {
        const number = latency.names.numberOf(name)
        if (number === undefined) return
        latency.gauges.set(number, performance.now() - data, receivedAt)
      },
      { broker: name, onError: () => {} },
    ),
  )
  const timer = setInterval(() => {
    if (client.status.state !== 'online') return
    for (const { name } of brokers) void client.publish(`probe.${packer}`, performance.now(), { broker: name }).outcome
  }, everyMs)
  return () => {
    clearInterval(timer)
    for (const undo of undos) undo()
  }
}
