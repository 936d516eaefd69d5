import type { OpenBroker } from '../core/broker.js'
import { behindPrefix } from './behind-prefix.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import type { MqttSettings } from './settings.js'

/**
 * A broker on a server of MQTT 5, or of 3.1.1 if the server refuses 5: `good.apple` is the topic
 * `good/apple`, `*` is `+`, and a final `**` is `#`. The server confirms each publish (QoS 1). See
 * docs/delivery.md for the guarantees of each version.
 * @throws {TypeError} when it is opened, if the address isn't one of MQTT
 * @example
 * const main = mqtt({ address: 'mqtt://localhost:1883' }, { clock: realClock, newId })
 * createRelay({ brokers: { main }, newId, onError: console.error })
 */
export function mqtt(settings: MqttSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only if it is used.
    const { MqttDriver } = await import('./mqtt/driver.js')
    const { publishTimeoutMs, prefix } = settings
    const open = foreignBroker(new MqttDriver(settings, ports), { ...ports, publishTimeoutMs })
    return (prefix === undefined ? open : behindPrefix(open, prefix))(events)
  }
}
