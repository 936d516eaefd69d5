import type { BrokerMessage } from '@wildcast/protocol'
import type { AnswerAddress } from './addresses.js'
import type { ExchangePorts } from './exchange.js'
import { headersOf, packetOf } from './packet.js'

/**
 * Sends a message to an address, with headers and the marks of answers as user properties. Resolves
 * with false if the server reports that the topic has no subscriber.
 */
export type NativeSend = (message: BrokerMessage, to: AnswerAddress, responseTopic?: string) => Promise<boolean>

/** Returns the function that sends messages on a connection with MQTT 5. */
export function nativeSend({ wire, form }: Pick<ExchangePorts, 'wire' | 'form'>): NativeSend {
  return async (message, { topic, correlationData }, responseTopic) => {
    const properties = { responseTopic, correlationData, headers: headersOf(message, true) }
    return wire.publish(packetOf(topic, form.write(message), properties, wire.server))
  }
}
