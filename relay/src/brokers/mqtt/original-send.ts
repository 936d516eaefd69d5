import type { BrokerMessage } from '@wildcast/protocol'
import type { ExchangePorts } from './exchange.js'
import { headersOf, packetOf } from './packet.js'

/** Sends a message to a topic. Resolves when the server has confirmed it. */
export type OriginalSend = (message: BrokerMessage, topic: string) => Promise<void>

/** Returns the function that sends messages in the original's form, with marks in the topic. */
export function originalSend({ wire, form }: Pick<ExchangePorts, 'wire' | 'form'>): OriginalSend {
  return async (message, topic) => {
    const headers = headersOf(message, false)
    await wire.publish(packetOf(topic, form.write(message), { headers }, wire.server))
  }
}
