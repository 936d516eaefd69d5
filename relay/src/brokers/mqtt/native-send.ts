import type { BrokerMessage } from '@wildcast/protocol'
import type { AnswerAddress } from './addresses.js'
import type { ExchangePorts } from './exchange.js'
import { headersOf, packetOf } from './packet.js'

/**
 * Sends a message to an address; its headers and the marks of answers travel as user properties.
 * Resolves with whether anybody subscribes, as far as the server says.
 */
export type NativeSend = (message: BrokerMessage, to: AnswerAddress, responseTopic?: string) => Promise<boolean>

/** How messages leave a connection that speaks MQTT 5. */
export function nativeSend({ wire, form }: Pick<ExchangePorts, 'wire' | 'form'>): NativeSend {
  return async (message, { topic, correlationData }, responseTopic) => {
    const beside = { responseTopic, correlationData, headers: headersOf(message, true) }
    return wire.publish(packetOf(topic, form.write(message), beside, wire.server))
  }
}
