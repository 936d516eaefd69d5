import type { BrokerMessage } from '@wildcast/protocol'
import type { AnswerAddress } from './addresses.js'
import type { ExchangePorts } from './exchange.js'
import { factProperties } from './facts.js'
import { headersOf, packetOf } from './packet.js'

/**
 * Sends a message to an address, with headers and the marks of answers as user properties. Resolves
 * with false if the server reports that the topic has no subscriber.
 */
export type NativeSend = (message: BrokerMessage, to: AnswerAddress, responseTopic?: string) => Promise<boolean>

/** Returns the function that sends messages on a connection with MQTT 5. */
export function nativeSend({ wire, form, clock }: Pick<ExchangePorts, 'wire' | 'form' | 'clock'>): NativeSend {
  return async (message, { topic, correlationData }, responseTopic) => {
    const facts = factProperties(message, wire.server, clock)
    const properties = {
      ...facts,
      responseTopic,
      correlationData: correlationData ?? facts.correlationData,
      headers: headersOf(message, true),
    }
    return wire.publish(packetOf(topic, form.write(message), properties, wire.server))
  }
}
