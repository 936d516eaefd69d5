import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import { circleOf } from '../../../core/bridge-circle.js'
import type { Config } from '../config.js'

/**
 * Rejects bridges in a circle if a broker in it has no headers, in which messages record their way.
 */
export function circleFree(): v.RawCheckAction<Config> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { brokers, bridges } = dataset.value
    const circle = circleOf(
      bridges.map(({ from, to }) => ({ from, to: to.broker })),
      (name) => carriesHeaders(brokers.get(name)),
    )
    if (circle)
      addIssue({
        message: circle,
        path: [{ type: 'object', origin: 'value', input: {}, key: 'bridge', value: bridges }],
      })
  })
}

/**
 * Goes by the settings. An MQTT broker may support only 3.1.1, which the relay finds out when it
 * opens the bridges.
 */
function carriesHeaders(settings: BrokerSettings | undefined): boolean {
  switch (settings?.type) {
    case 'redis':
      return false
    case 'mqtt':
      return settings.version !== '3.1.1' && settings.payload !== 'envelope'
    default:
      return true
  }
}
