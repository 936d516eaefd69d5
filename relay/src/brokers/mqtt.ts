import type { OpenBroker } from '../core/broker.js'
import { type ForeignPorts, foreignBroker } from './foreign/foreign-broker.js'
import type { MqttSettings } from './settings.js'

/**
 * A server of MQTT 5, or of 3.1.1 where it speaks no more: `good.apple` is the topic `good/apple`,
 * `*` is `+`, and a final `**` is `#`. Whatever goes out is confirmed by the server (QoS 1). What
 * each version can do stands in docs/delivery.md.
 * @throws {TypeError} at its opening, where the address is none of MQTT
 * @example createRelay({ brokers: { main: mqtt({ address: 'mqtt://localhost:1883' }, { clock: realClock, newId }) }, newId, onError: console.error })
 */
export function mqtt(settings: MqttSettings, ports: ForeignPorts): OpenBroker {
  return async (events) => {
    // The library is loaded only where it is used.
    const { MqttDriver } = await import('./mqtt/driver.js')
    const { publishTimeoutMs } = settings
    return foreignBroker(new MqttDriver(settings, ports), { ...ports, publishTimeoutMs })(events)
  }
}
